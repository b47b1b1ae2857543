import { expect, test } from "vitest";
import { yRange } from "./options";

test.each([
  [null, null, [0, 1]],
  [0, 0, [0, 1]],
  [3, 100, [0, 112]],
  [-5, 10, [-5.6, 11.2]],
  [-100, -50, [-112, 0]],
])("a chart of %s to %s spans %j", (min, max, span) => {
  expect(yRange(min, max).map((value) => Number(value.toFixed(6)))).toEqual(span);
});
