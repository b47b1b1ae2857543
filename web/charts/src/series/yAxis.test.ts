import { expect, test } from "vitest";
import { valuesOf, ySpan, yTicks } from "./yAxis";

const ticks = (min: number | null, max: number | null, heightPx = 94, binary = false) =>
  yTicks(ySpan(min, max, heightPx, binary), "some").map((value) => Number(value.toFixed(6)));

test.each([
  [3, 100, [0, 50, 100]],
  [0, 103, [0, 50, 100, 150]],
  [0, 0.031, [0, 0.02, 0.04]],
  [0, 5000, [0, 2000, 4000, 6000]],
  [-5, 10, [-5, 0, 5, 10]],
  [-100, -50, [-100, -50, 0]],
])("from %s to %s the ticks are %j, the topmost over all values", (min, max, expected) => {
  expect(ticks(min, max)).toEqual(expected);
});

test("bytes step by powers of two", () => {
  expect(ticks(0, 700 * 2 ** 20, 94, true).map((bytes) => bytes / 2 ** 20)).toEqual([0, 256, 512, 768]);
});

test("a span asked for again stays the same", () => {
  for (const max of [1, 3.3, 7, 99.9, 100, 1234, 0.00071]) {
    for (const height of [60, 94, 350]) {
      const span = ySpan(-max / 3, max, height);
      expect(ySpan(span.min, span.max, height)).toEqual(span);
    }
  }
});

test("no scale is invented where nothing was measured", () => {
  const labels = (values: (number | null)[]) => yTicks(ySpan(null, null, 94), valuesOf([[1, 2], values]));
  expect([labels([null, null]), labels([0, null])]).toEqual([[], [0]]);
  expect([valuesOf([[]]), valuesOf([[1], [null], [3]])]).toEqual(["none", "some"]);
});
