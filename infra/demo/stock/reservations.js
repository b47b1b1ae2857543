// Reservations, and the deliveries that fill the shelves again.
'use strict';

const express = require('express');

const { log } = require('./log');
const { rows, transaction } = require('./postgres');
const storefront = require('./storefront');

const router = express.Router();

// 201 {id, price_cents}; 409 when no warehouse has enough.
router.post('/reservations', async (request, response) => {
  const { product_id: product, quantity } = request.body;
  const priceCents = await storefront.price(product);
  const reservation = await transaction((client) => reserve(client, product, quantity, priceCents));
  if (!reservation) {
    log.warn({ product, quantity }, `product ${product} is sold out`);
    response.status(409).json({ error: 'sold out' });
    return;
  }
  log.info({ product, quantity }, `reserved ${quantity} of product ${product}`);
  response.status(201).json({ id: reservation.id, price_cents: priceCents });
});

// Slow: the lorry has to be unloaded.
router.post('/deliveries', async (_request, response) => {
  await rows('select pg_sleep(0.4)');
  const filled = await rows('update stock.level set quantity = 40 where quantity < 15 returning product_id');
  // So that the shop never grows.
  await rows("delete from stock.reservation where reserved_at < now() - interval '1 hour'");
  log.info(`a delivery filled ${filled.length} shelves`);
  response.json({ filled: filled.length });
});

async function reserve(client, product, quantity, priceCents) {
  const { rows: found } = await client.query(
    `select warehouse_id
       from stock.level
      where product_id = $1 and quantity >= $2
      order by quantity desc
      limit 1
        for update`,
    [product, quantity],
  );
  if (found.length === 0) {
    return undefined;
  }
  const warehouse = found[0].warehouse_id;
  await client.query(
    'update stock.level set quantity = quantity - $3 where product_id = $1 and warehouse_id = $2',
    [product, warehouse, quantity],
  );
  const { rows: made } = await client.query(
    `insert into stock.reservation (warehouse_id, product_id, quantity, price_cents)
     values ($1, $2, $3, $4)
     returning id`,
    [warehouse, product, quantity, priceCents],
  );
  return made[0];
}

module.exports = router;
