import { expect, test } from "vitest";
import { moment } from "./moment";

const AT = Date.UTC(2026, 0, 31, 4, 5, 9);

test.each([
  [AT, AT],
  ["2026-01-31T04:05:09Z", AT],
  ["2026-01-31t04:05:09.250z", AT + 250],
  ["2026-01-31T13:05:09+09:00", AT],
  ["2026-01-31T13:05:09 09:00", AT],
  ["2026-01-31 04:05:09Z", AT],
  ["2026-01-31T04:05:09", undefined],
  ["2026-02-31T04:05:09Z", undefined],
  ["2026-01-31T24:05:09Z", undefined],
  ["2026-01-31", undefined],
  ["garbage", undefined],
  ["", undefined],
  [-5, undefined],
  [Infinity, undefined],
  [true, undefined],
])("%s is read as %s", (written, ms) => {
  expect(moment(written)).toBe(ms);
});
