import { expect, test } from "vitest";
import { alignSeries, lastValue, nearestIndex, valueAt } from "./align";

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

test("what still fills is a line of its own that goes on from the last whole value, and is never the newest value", () => {
  const data = alignSeries([{ label: "a", colour: "", points: [[1000, 1], [2000, 2], [3000, 0.2]] }], 3000);
  expect(data).toEqual([[1, 2, 3], [1, 2, null], [null, 2, 0.2]]);
  expect([valueAt(data, 0, 1, null), valueAt(data, 0, 1, 2), valueAt(data, 0, 1, 0)]).toEqual([2, 0.2, 1]);
});

test("where nothing is whole yet, what fills is all there is to say", () => {
  const data = alignSeries([{ label: "a", colour: "", points: [[3000, 0.2]] }], 3000);
  expect(valueAt(data, 0, 1, null)).toBe(0.2);
});
