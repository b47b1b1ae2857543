// The pool of Postgres connections.
'use strict';

const { Pool } = require('pg');

const { log } = require('./log');

const pool = new Pool({
  connectionString: process.env.DEMO_DATABASE_URL,
  application_name: 'stock',
  max: 8,
  connectionTimeoutMillis: 5000,
  statement_timeout: 5000,
});
// An idle connection that breaks is replaced at the next query; unheard, the event would end the process.
pool.on('error', (error) => log.warn({ err: error }, 'lost an idle Postgres connection'));

async function rows(sql, ...values) {
  return (await pool.query(sql, values)).rows;
}

// Runs `work(client)` in one transaction: committed when it returns, rolled back when it throws.
async function transaction(work) {
  const client = await pool.connect();
  let broken;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // When even that fails the connection is broken, and must not go back into the pool.
    await client.query('rollback').catch((cause) => (broken = cause));
    throw error;
  } finally {
    client.release(broken);
  }
}

module.exports = { pool, rows, transaction };
