// How many pieces of a product there are, and its label.
'use strict';

const express = require('express');

const { log } = require('./log');
const { rows } = require('./postgres');

const router = express.Router();
const SCARCE = 10;

router.get('/levels/:product', async (request, response) => {
  const [level] = await rows(
    'select sum(quantity)::int as quantity from stock.level where product_id = $1 having count(*) > 0',
    Number(request.params.product),
  );
  if (!level) {
    response.status(404).json({ error: 'no such product' });
    return;
  }
  if (level.quantity < SCARCE) {
    log.warn({ product: request.params.product, quantity: level.quantity }, 'a product is nearly sold out');
  }
  response.json(level);
});

// Fails for products that lost their supplier: reads the name of null.
router.get('/labels/:product', async (request, response) => {
  const [level] = await rows(
    'select supplier from stock.level where product_id = $1 order by warehouse_id limit 1',
    Number(request.params.product),
  );
  response.json({ text: `${request.params.product} from ${level.supplier.name}` });
});

module.exports = router;
