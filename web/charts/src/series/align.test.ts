import { expect, test } from "vitest";
import { alignSeries, lastValue, nearestIndex } from "./align";

test("lines of different moments share one axis, what is missing is a gap", () => {
  const lines = [
    { label: "a", colour: "", points: [[1000, 1], [2000, null], [3000, 3]] as const },
    { label: "b", colour: "", points: [[2000, 5]] as const },
  ];
  expect(alignSeries(lines)).toEqual([[1, 2, 3], [1, null, 3], [null, 5, null]]);
});

test("the cursor finds the nearest moment", () => {
  expect([0, 1.4, 1.6, 9].map((at) => nearestIndex([1, 2, 3], at))).toEqual([0, 0, 1, 2]);
  expect(nearestIndex([], 1)).toBeNull();
  expect(lastValue([1, 2, null])).toBe(2);
});
