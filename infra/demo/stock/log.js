// The log: JSON lines on stdout. The agent adds trace ids and sends a copy of each line.
'use strict';

const pino = require('pino');

exports.log = pino({ name: 'stock' });
