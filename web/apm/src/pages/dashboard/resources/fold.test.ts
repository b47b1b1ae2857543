import { expect, test } from "vitest";
import { linesOf, totalOf, type Answered } from "./fold";
import type { Becomes } from "./plan";

const answered = (as: Becomes, ...series: [label: string, ...values: (number | null)[]][]): Answered => ({
  question: { name: "m", aggregation: "sum", application: undefined, instance: undefined, group_by: "x", as },
  series: series.map(([label, ...values]) => ({ labels: { x: label }, points: values.map((value, index) => [index, value]) })),
});

test("only wanted parts count, and a gap of one is no gap of all", () => {
  const heap: Becomes = { kind: "total", label: "shop", labels: ["heap"] };
  expect(linesOf([answered(heap, ["heap", 5, null], ["non_heap", 9, 9])], "all")).toEqual([{ label: "shop", points: [[0, 5], [1, null]] }]);
  const both: Becomes = { kind: "total", label: "shop", labels: null };
  expect(linesOf([answered(both, ["a", 5, null, null], ["b", 1, 2, null])], "all")[0]?.points).toEqual([[0, 6], [1, 2], [2, null]]);
});

test("a mean is of those that have a value", () => {
  expect(linesOf([answered({ kind: "mean", label: "shop" }, ["a", 0.2, null], ["b", 0.4, 0.5])], "all")[0]?.points.map(([, value]) => value)).toEqual([expect.closeTo(0.3), 0.5]);
});

test("lines of one name from two metrics add up, one without a name gets one", () => {
  const states: Becomes = { kind: "each", wanted: ["used", "idle"] };
  const lines = linesOf([answered(states, ["used", 1], ["idle", 2], ["other", 8]), answered(states, ["used", 3])], "all");
  expect(lines).toEqual([{ label: "used", points: [[0, 4]] }, { label: "idle", points: [[0, 2]] }]);
  expect(linesOf([answered({ kind: "each", wanted: null }, ["", 1])], "all")[0]?.label).toBe("all");
});

test("a limit is the sum of all, and unknown without any", () => {
  const all: Becomes = { kind: "total", label: "", labels: null };
  expect([totalOf([answered(all, ["", 10]), answered(all, ["", 5])]), totalOf([])]).toEqual([[[0, 15]], null]);
});
