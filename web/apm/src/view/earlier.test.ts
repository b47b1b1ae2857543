import { expect, test } from "vitest";
import { earlierIn, earlierOf } from "./earlier";

const HOUR = 3_600_000;
const span = { from: 1000 * HOUR, to: 1002 * HOUR };

test.each([
  ["before", 2],
  ["day", 24],
  ["week", 168],
] as const)("%s: the same stretch %s hours earlier", (when, hours) => {
  expect(earlierOf(span, when)).toEqual({ from: span.from - hours * HOUR, to: span.to - hours * HOUR });
});

test("what a URL says wrong compares with nothing", () => {
  expect(["week", "year", true, undefined].map(earlierIn)).toEqual(["week", undefined, undefined, undefined]);
});
