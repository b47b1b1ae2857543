import { expect, test } from "vitest";
import { breakParts } from "./breakParts";

test.each([
  ["jvm.memory.used_after_gc", ["jvm.", "memory.", "used_", "after_", "gc"]],
  ["count", ["count"]],
  ["/var/log", ["/", "var/", "log"]],
  ["a..b_", ["a..", "b_"]],
  ["", [""]],
])("%s breaks into %j, and nothing is lost", (name, parts) => {
  expect(breakParts(name)).toEqual(parts);
  expect(breakParts(name).join("")).toBe(name);
});
