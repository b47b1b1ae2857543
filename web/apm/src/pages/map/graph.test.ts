import type { Apm } from "@naru/api";
import { expect, test } from "vitest";
import { around, graphOf, healthOf, nearOf, shapeOf } from "./graph";

const edge = (from: string, to: string, p95_ms: number | null = 10, calls = 100): Apm.MapEdge => ({ from, to, calls, rate: calls / 10, errors: 0, error_rate: 0, p50_ms: p95_ms, p95_ms });
const map = (edges: Apm.MapEdge[]): Apm.ServiceMap => ({
  from_ms: 0,
  to_ms: 10_000,
  nodes: [...new Set(edges.flatMap(({ from, to }) => [from, to]))].map((id) => ({ id, kind: "application", name: id, system: null, totals: {} as Apm.Totals })),
  edges,
  incomplete: [],
});
const changes = (now: Apm.MapEdge[], before: Apm.MapEdge[]) => graphOf(map(now), map(before)).edges.map(({ id, change }) => [id, change]);

test("compared with nothing, nothing changed", () => {
  expect(graphOf(map([edge("a", "b")]), null)).toMatchObject({ nodes: [{ id: "a", change: null }, { id: "b", change: null }], edges: [{ change: null, before: null }] });
});

test("what came and what went is said, of edges and nodes, and what went stays on the map", () => {
  const graph = graphOf(map([edge("a", "b")]), map([edge("a", "c")]));
  expect(graph.edges.map(({ id, change }) => [id, change])).toEqual([["a → b", "new"], ["a → c", "gone"]]);
  expect(graph.nodes.map(({ id, change }) => [id, change])).toEqual([["a", null], ["b", "new"], ["c", "gone"]]);
});

test.each([
  ["half as long again is slower", 15, 10, 100, "slower"],
  ["a third longer is not", 13, 10, 100, null],
  ["nor is a little longer that is many times as long", 4, 0.5, 100, null],
  ["faster is said, too", 10, 40, 100, "faster"],
  ["a few calls tell nothing", 100, 10, 19, null],
  ["a time that is not known tells nothing", null, 10, 100, null],
] as const)("%s", (_promise, now, before, calls, change) => {
  expect(changes([edge("a", "b", now, calls)], [edge("a", "b", before)])).toEqual([["a → b", change]]);
});

test("a call knows how it was before", () => {
  const [call] = graphOf(map([edge("a", "b", 40)]), map([edge("a", "b", 10)])).edges;
  expect([call?.change, call?.before?.p95_ms]).toEqual(["slower", 10]);
});

test("figures don't change a shape, a call does, in whatever order they come", () => {
  const shape = (...edges: Apm.MapEdge[]) => shapeOf(graphOf(map(edges), null));
  expect(shape(edge("a", "b", 1), edge("b", "c"))).toBe(shape(edge("b", "c"), edge("a", "b", 99)));
  expect(shape(edge("a", "b"))).not.toBe(shape(edge("a", "b"), edge("b", "c")));
});

test("around a node are its callers and whom it calls, the most frequent first", () => {
  const { callers, called } = around(graphOf(map([edge("a", "b"), edge("b", "c", 1, 5), edge("b", "d", 1, 50)]), null), "b");
  expect([callers.map(({ from }) => from), called.map(({ to }) => to)]).toEqual([["a"], ["d", "c"]]);
});

test("near a node are its calls and whom they join, near a call its two ends; with nothing chosen nothing is told apart", () => {
  const graph = graphOf(map([edge("a", "b"), edge("b", "c"), edge("c", "d")]), null);
  const near = (focus: string | null, call: string | null) => {
    const found = nearOf(graph, focus, call);
    return found && [[...found.nodes], [...found.edges]];
  };
  expect(near("b", null)).toEqual([["a", "b", "c"], ["a → b", "b → c"]]);
  expect(near(null, "c → d")).toEqual([["c", "d"], ["c → d"]]);
  expect([near(null, null), near("elsewhere", null)]).toEqual([null, null]);
});

test.each([
  [0, "fine"],
  [0.0099, "fine"],
  [0.01, "failing"],
  [0.1, "broken"],
] as const)("with %s of calls failing a node is %s", (rate, health) => {
  expect(healthOf(rate)).toBe(health);
});
