import { expect, test } from "vitest";
import { localText, parseLocal, rangeProblem } from "./localTime";

test("a moment survives being shown and typed", () => {
  const at = new Date(2026, 0, 31, 13, 5, 9).getTime();
  expect(localText(at)).toBe("2026-01-31 13:05:09");
  expect(parseLocal(localText(at))).toBe(at);
});

test.each([
  ["2026-1-31 9:05", new Date(2026, 0, 31, 9, 5).getTime()],
  ["  2026-01-31T09:05:07 ", new Date(2026, 0, 31, 9, 5, 7).getTime()],
  ["2026-02-31 09:05", null],
  ["2026-01-31 24:00", null],
  ["2026-01-31 09:60", null],
  ["yesterday", null],
  ["", null],
])("%s is read as %s", (typed, ms) => {
  expect(parseLocal(typed)).toBe(ms);
});

test.each([
  [1, 2, null],
  [null, 2, { field: "from", code: "unreadable" }],
  [1, null, { field: "to", code: "unreadable" }],
  [50, 60, { field: "from", code: "future" }],
  [2, 2, { field: "to", code: "order" }],
  [1, 30, { field: "to", code: "tooLong" }],
] as const)("from %s to %s: %j", (from, to, problem) => {
  expect(rangeProblem(from, to, 50, 20)).toEqual(problem);
});
