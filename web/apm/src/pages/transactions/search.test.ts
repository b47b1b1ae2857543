import { expect, test } from "vitest";
import { transactionSearchOf } from "./search";

test("what a URL says wrong about filters is left out", () => {
  expect(transactionSearchOf({ status: "ok", operation: "GET /", attr: "shop.tier=gold" })).toEqual({ status: "ok", operation: "GET /", attr: "shop.tier=gold" });
  expect(transactionSearchOf({ attr: "order.note=" })).toEqual({ attr: "order.note=" });
  expect(transactionSearchOf({ status: "bad", operation: "", attr: "gold" })).toEqual({});
  expect(transactionSearchOf({ attr: "=gold" })).toEqual({});
});
