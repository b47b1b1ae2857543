import { expect, test } from "vitest";
import type { DashboardAnswer } from "../../data/dashboard";
import { newestOf, pointsOf, wholePointsOf } from "./steps";

test("values stand at the beginning of their step, and a small line ends before what still fills", () => {
  const answer = { from_ms: 100_000, to_ms: 130_000, step_ms: 10_000, asked_ms: 125_000 } as DashboardAnswer;
  expect(pointsOf(answer, [1, null, 3])).toEqual([[100_000, 1], [110_000, null], [120_000, 3]]);
  expect(wholePointsOf(answer, [1, null, 3])).toEqual([[100_000, 1], [110_000, null]]);
  expect([newestOf(answer, [1, 2, 3]), newestOf({ ...answer, asked_ms: 101_000 }, [1, 2, 3])]).toEqual([2, null]);
});
