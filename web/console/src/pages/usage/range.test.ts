import { expect, test } from "vitest";
import { fillDays, usageRange } from "./range";

const now = Date.parse("2026-03-02T09:30:00Z");

test("a range is whole UTC days with today as the last", () => {
  expect(usageRange(7, now)).toEqual({ from: "2026-02-24T00:00:00.000Z", to: "2026-03-03T00:00:00.000Z" });
});

test("days without a count are zero, so that bars stand at their day", () => {
  const days = [{ day: "2026-03-01", spans: 5 }];
  expect(fillDays(days, usageRange(7, now), "spans").map((day) => day.value)).toEqual([0, 0, 0, 0, 0, 5, 0]);
});
