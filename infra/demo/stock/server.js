// Stock of the demo shop: levels, reservations, warehouses.
//
// An ordinary Express application on loopback. The agent is loaded in front of it by `--require` (see ../run).
'use strict';

const express = require('express');

const { log } = require('./log');
const { pool } = require('./postgres');

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.use(require('./levels'));
app.use(require('./reservations'));
app.use(require('./warehouses'));
app.use((request, response) => response.status(404).json({ error: `no ${request.path} here` }));
app.use(failed);

const server = app.listen(Number(process.env.DEMO_STOCK_PORT), '127.0.0.1', (error) => {
  if (error) {
    log.fatal({ err: error }, 'stock cannot listen');
    process.exit(1);
  }
  log.info('stock is open');
});
let isStopping = false;
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

// Express tells an error handler by its four parameters.
function failed(error, request, response, _next) {
  log.error({ err: error }, `${request.method} ${request.path} failed: ${error.message}`);
  response.status(500).json({ error: 'stock has a problem' });
}

// Requests in flight are finished; the agent sends what it still holds on the same signal, then nothing keeps us alive.
function stop() {
  if (isStopping) {
    return;
  }
  isStopping = true;
  log.info('stock is closed');
  server.close(() => void pool.end());
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 5000).unref();
}
