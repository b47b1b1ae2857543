import { expect, test } from "vitest";
import { inUnit } from "./inUnit";

const answer = (kind: string, unit: string | null, ...values: (number | null)[]) => ({
  kind,
  unit,
  step_ms: 10_000,
  to_ms: values.length * 10_000,
  series: [{ labels: {}, points: values.map((value, index): [number, number | null] => [index * 10_000, value]) }],
});
const values = (...of: Parameters<typeof inUnit>) => inUnit(...of)[0]?.points.map(([, value]) => value);

test.each([
  ["s", 0.02, 120],
  ["ms", 20, 120],
  ["ns", 20_000_000, 120],
])("time sent in %s is ms a minute", (unit, sent, read) => {
  expect(values("msPerMinute", answer("sum", unit, sent))).toEqual([expect.closeTo(read)]);
});

test("a last step that ends early is not made smaller by it, nor larger by what was sent at once", () => {
  const early = (to_ms: number, last: number) => ({ ...answer("sum", "s", last), step_ms: 60_000, to_ms });
  expect(values("msPerMinute", early(30_000, 0.06))).toEqual([expect.closeTo(120)]);
  expect(values("msPerMinute", early(2_000, 0.02))).toEqual([expect.closeTo(120)]);
});

test("what is told a second is read a minute", () => {
  expect(values("perMinute", answer("sum", null, 0.5, null))).toEqual([30, null]);
});

test("a histogram without a value between two had nothing to record; before and after nobody knows", () => {
  expect(values("perMinute", answer("histogram", "s", null, 1, null, 2, null))).toEqual([null, 60, 0, 120, null]);
  expect(values("perMinute", answer("sum", null, 1, null, 2))).toEqual([60, null, 120]);
  expect(values("perMinute", answer("histogram", "s", null, null))).toEqual([null, null]);
});

test("levels stay as they are", () => {
  const level = answer("gauge", "By", 5, null);
  expect(inUnit("bytes", level)).toBe(level.series);
});
