import { expect, test } from "vitest";
import type { Span } from "./answer";
import { exceptionsOf } from "./exceptions";

/** `[id, caller, time of an exception, its message]`; no time = nothing recorded. */
type Recorded = [id: string, caller: string | null, time_ms?: number, message?: string];

const span = ([span_id, parent_span_id, time_ms, message = "lock timeout"]: Recorded) =>
  ({ span_id, parent_span_id, exceptions: time_ms === undefined ? [] : [{ time_ms, type: "LockError", message, stacktrace: null }] }) as unknown as Span;

const told = (...recorded: Recorded[]) => exceptionsOf(recorded.map(span)).map((one) => [one.span.span_id, ...one.passed.map(({ span_id }) => span_id)].join(" < "));

test("what callers record again is told once, with where it passed", () => {
  expect(told(["root", null, 30], ["service", "root", 20], ["quiet", "service"], ["sql", "quiet", 10])).toEqual(["sql < service < root"]);
});

test("another message is another exception", () => {
  expect(told(["root", null, 30, "payment failed"], ["sql", "root", 10])).toEqual(["sql", "root"]);
});

test("a caller that tried again gave up on the last one", () => {
  expect(told(["root", null, 30], ["first", "root", 10], ["second", "root", 20])).toEqual(["first", "second < root"]);
});

test("equal exceptions side by side stay two, and a trace that names itself ends", () => {
  expect(told(["root", null], ["a", "root", 10], ["b", "root", 20])).toEqual(["a", "b"]);
  expect(told(["x", "y", 10], ["y", "x", 20])).toHaveLength(1);
});
