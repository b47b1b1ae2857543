import { expect, test } from "vitest";
import { fillingFrom } from "./dashboard";

test.each([
  ["the step that is on", 0, 300_000, 295_000, 290_000],
  ["the one before, too, until late transactions are in", 0, 300_000, 291_000, 280_000],
  ["nothing of a range that is over", 0, 300_000, 302_500, null],
  ["nothing of a range whose last step is cut short, either", 0, 295_000, 298_000, null],
  ["all of a range that just began", 0, 10_000, 1_000, 0],
])("still fills: %s", (_what, from_ms, to_ms, asked_ms, expected) => {
  expect(fillingFrom({ from_ms, to_ms, step_ms: 10_000, asked_ms })).toBe(expected);
});
