import { expect, test } from "vitest";
import { traceSearchOf } from "./search";

test("a link keeps about when the trace was; what it says wrong is left out", () => {
  expect(traceSearchOf({ tab: "sql", span: "a1", at_ms: 5000 })).toEqual({ tab: "sql", span: "a1", at_ms: 5000 });
  expect(traceSearchOf({ tab: "none", at_ms: "yesterday" })).toEqual({});
});
