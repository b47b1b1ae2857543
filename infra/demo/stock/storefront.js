// Calls to the storefront, which knows the prices. The agent sends the trace along.
'use strict';

const BASE = `http://127.0.0.1:${process.env.DEMO_STOREFRONT_PORT}`;
const TIMEOUT_MS = 3000;

// Cents for one piece, as of now.
async function price(productId) {
  const answer = await fetch(`${BASE}/prices/${productId}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) {
    throw new Error(`the storefront answered ${answer.status} for the price of product ${productId}`);
  }
  return (await answer.json()).price_cents;
}

module.exports = { price };
