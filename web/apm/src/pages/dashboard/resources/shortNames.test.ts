import { expect, test } from "vitest";
import { shortNames } from "./shortNames";

const labels = (...names: string[]) => shortNames(names.map((label) => ({ label, points: [] }))).map(({ label }) => label);

test.each([
  [["checkout-7d9f-bq8zt", "checkout-7d9f-m40ds"], ["…bq8zt", "…m40ds"]],
  [["checkout-7d9f-bq8zt", "checkout-1a2b-bq8zt"], ["…7d9f-bq8zt", "…1a2b-bq8zt"]],
  [["shop-1", "shop-2"], ["shop-1", "shop-2"]],
  [["checkout-7d9f-bq8zt"], ["checkout-7d9f-bq8zt"]],
  [["checkout-7d9f-bq8zt", "somewhere-else"], ["checkout-7d9f-bq8zt", "somewhere-else"]],
  [["10.4.100.7:8080", "10.4.100.7:8081"], ["…8080", "…8081"]],
])("%j read as %j", (names, short) => {
  expect(labels(...names)).toEqual(short);
});
