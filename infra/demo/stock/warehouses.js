// Warehouses, for the shop's keeper: slow and failing ones.
'use strict';

const express = require('express');

const { rows } = require('./postgres');
const storefront = require('./storefront');

const router = express.Router();

// Slow: one query for the warehouses, then one for each of the scarcest products of each.
router.get('/warehouses', async (_request, response) => {
  const warehouses = await rows('select id, name from stock.warehouse order by id limit 20');
  for (const warehouse of warehouses) {
    const scarce = await rows(
      'select product_id from stock.level where warehouse_id = $1 order by quantity, product_id limit 8',
      warehouse.id,
    );
    warehouse.scarce = [];
    for (const { product_id: product } of scarce) {
      warehouse.scarce.push(
        ...(await rows(
          'select product_id, quantity from stock.level where warehouse_id = $1 and product_id = $2',
          warehouse.id,
          product,
        )),
      );
    }
  }
  response.json(warehouses);
});

// Fails for the warehouse that is still being built: Postgres divides by its capacity of zero.
router.get('/warehouses/:id/fill', async (request, response) => {
  const [fill] = await rows(
    `select coalesce(sum(level.quantity), 0) * 100 / warehouse.capacity as percent
       from stock.warehouse
       left join stock.level on level.warehouse_id = warehouse.id
      where warehouse.id = $1
      group by warehouse.id`,
    Number(request.params.id),
  );
  response.json(fill);
});

// Slow: asks the storefront for one price after the other.
router.get('/warehouses/:id/value', async (request, response) => {
  const levels = await rows(
    'select product_id, quantity from stock.level where warehouse_id = $1 order by quantity desc, product_id limit 12',
    Number(request.params.id),
  );
  let cents = 0;
  for (const level of levels) {
    cents += level.quantity * (await storefront.price(level.product_id));
  }
  response.json({ cents });
});

module.exports = router;
