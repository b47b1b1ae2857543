import { expect, test } from "vitest";
import type { DashboardAnswer } from "../../data/dashboard";
import { pointsOf, tpsOf, wholePointsOf } from "./steps";

test("values stand at the beginning of their step, and a small line ends before what still fills", () => {
  const answer = { from_ms: 100_000, to_ms: 130_000, step_ms: 10_000, asked_ms: 125_000 } as DashboardAnswer;
  expect(pointsOf(answer, [1, null, 3])).toEqual([[100_000, 1], [110_000, null], [120_000, 3]]);
  expect(wholePointsOf(answer, [1, null, 3])).toEqual([[100_000, 1], [110_000, null]]);
});

test.each([
  ["of the time that has passed", 125_000, 20],
  ["of a range that is over, of all of it", 500_000, 16.67],
])("transactions a second are %s", (_of, asked_ms, tps) => {
  expect(tpsOf({ from_ms: 100_000, to_ms: 130_000, asked_ms, totals: { transactions: 500 } as DashboardAnswer["totals"] })).toBeCloseTo(tps, 2);
});
