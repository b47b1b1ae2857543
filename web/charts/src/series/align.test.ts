import { expect, test } from "vitest";
import { alignSeries, isAlone, lastValue, nearestIndex, valueAt } from "./align";

test("lines of different moments share one axis; a gap of one is its own, and a moment it doesn't know is none", () => {
  const lines = [
    { label: "a", colour: "", points: [[1000, 1], [2000, null], [3000, 3]] as const },
    { label: "b", colour: "", points: [[1500, 5], [2500, 6]] as const },
  ];
  const data = alignSeries(lines);
  expect(data).toEqual([[1, 1.5, 2, 2.5, 3], [1, undefined, null, undefined, 3], [undefined, 5, undefined, 6, undefined]]);
  expect([0, 1, 2, 3, 4].map((index) => [valueAt(data, 0, 2, index), valueAt(data, 1, 2, index)])).toEqual([[1, null], [1, 5], [null, 5], [null, 6], [3, 6]]);
});

test("alone is a value between gaps, not one between moments of other lines", () => {
  expect([1, undefined, 2, undefined, null].map((_value, index, all) => isAlone(all, index))).toEqual([false, false, false, false, false]);
  expect([null, undefined, 2, undefined, null].map((_value, index, all) => isAlone(all, index))).toEqual([false, false, true, false, false]);
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
