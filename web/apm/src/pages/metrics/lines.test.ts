import { expect, test } from "vitest";
import { kindOf, unitText } from "./lines";

test.each([
  ["{thread}", "avg", " thread"],
  ["{request}", "rate", " request/s"],
  ["1", "avg", ""],
  [null, "rate", " /s"],
  ["By", "avg", ""],
  ["By", "rate", "/s"],
  ["ms", "p95", ""],
  ["{thread}", "count", ""],
] as const)("a value in %s, %s, is followed by %j", (unit, aggregation, text) => {
  expect(unitText(kindOf(unit, aggregation), unit, aggregation)).toBe(text);
});
