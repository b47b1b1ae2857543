import { expect, test } from "vitest";
import { withParticle } from "./particle";

test.each([
  ["주문", "을/를", "주문을"],
  ["결제", "을/를", "결제를"],
  ["서울", "으로/로", "서울로"],
  ["운영", "으로/로", "운영으로"],
  ["서버", "이/가", "서버가"],
  ["checkout-3", "이/가", "checkout-3이"],
  ["node-2", "은/는", "node-2는"],
  ["shard7", "으로/로", "shard7로"],
  ["shop-api", "이/가", "shop-api가"],
  ["web", "을/를", "web을"],
  ["app", "과/와", "app과"],
  ["cart", "을/를", "cart를"],
  ["admin", "은/는", "admin은"],
  ["billing", "이/가", "billing이"],
  ["mobile", "으로/로", "mobile로"],
  ["API", "을/를", "API를"],
  ["SQL", "은/는", "SQL은"],
  ["“주문”", "을/를", "“주문”을"],
] as const)("%s takes %s as in %s", (word, pair, expected) => {
  expect(withParticle(word, pair)).toBe(expected);
});
