import { expect, test } from "vitest";
import { criticalPath, flatten, pathSpans } from "./critical";
import { gapsOf } from "./gaps";
import { rowsOf } from "./rows";
import { sharesOf } from "./share";
import { treeOf, type Span } from "./tree";

function span(span_id: string, parent_span_id: string | null, start: number, duration: number, over: Partial<Span> = {}): Span {
  return {
    span_id, parent_span_id, name: span_id, operation: span_id, kind: "internal", category: "internal", application: "shop", instance: null,
    start_ms: start, start_offset_ms: start, duration_ms: duration, self_ms: duration, status: "unset", status_message: null,
    db: null, http: null, exceptions: [], events: [], links: [], attributes: {}, resource: {}, scope_name: null, ...over,
  };
}

const db = { system: "postgresql", namespace: null, operation: null, statement: null };
const statement = (): Partial<Span> => ({ kind: "client", category: "sql", db: { ...db, statement: "select 1" } });
const connection = (): Partial<Span> => ({ kind: "client", category: "sql", db });

const only = <T>(list: T[]): T => {
  const [first] = list;
  if (!first || list.length !== 1) throw new Error(`${list.length} instead of one`);
  return first;
};

test("every span is shown once, also of a broken trace", () => {
  const spans = [span("a", "b", 0, 9), span("b", "a", 1, 5), span("c", "gone", 2, 1), span("d", "d", 3, 1)];
  expect(flatten(treeOf(spans)).map((node) => node.span.span_id).sort()).toEqual(["a", "b", "c", "d"]);
  expect(treeOf(spans).find((node) => node.span.span_id === "c")?.orphan).toBe(true);
});

test("spans that share an id are both shown, with keys of their own", () => {
  const spans = [
    span("a", null, 0, 90, { name: "client" }), span("a", null, 10, 70, { name: "server" }), span("b", "a", 20, 30), span("b", "a", 60, 5),
  ];
  const nodes = flatten(treeOf(spans));
  expect(nodes.map(({ key, span: { name } }) => [key, name])).toEqual([["a", "client"], ["b", "b"], ["b 2", "b"], ["a 2", "server"]]);
  const rows = rowsOf(treeOf(spans), 90, new Set()).filter(({ kind }) => kind === "span");
  expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
});

test("the critical path goes back into what finished last and adds up", () => {
  const root = only(treeOf([span("root", null, 0, 100), span("fast", "root", 10, 20), span("slow", "root", 10, 60), span("sql", "slow", 30, 35, statement())]));
  const path = criticalPath(root);
  expect(path.map(({ span: on, from_ms, to_ms }) => [on.span_id, from_ms, to_ms])).toEqual([
    ["root", 70, 100], ["slow", 65, 70], ["sql", 30, 65], ["slow", 10, 30], ["root", 0, 10],
  ]);
  expect(sharesOf(path, 100)).toEqual([{ category: "gap", duration_ms: 65 }, { category: "sql", duration_ms: 35 }]);
  expect([...pathSpans(path, flatten([root]))].find(([on]) => on.span_id === "slow")?.[1]).toEqual([10, 70]);
});

test("a call that outlives its caller counts only as far as the caller lasted", () => {
  const root = only(treeOf([span("root", null, 0, 50), span("message", "root", 40, 500)]));
  const sum = criticalPath(root).reduce((all, one) => all + one.to_ms - one.from_ms, 0);
  expect(sum).toBe(50);
});

test("gaps are the time between calls, not the work of a leaf", () => {
  const root = only(treeOf([span("root", null, 0, 100), span("a", "root", 0, 30), span("b", "root", 20, 20), span("c", "root", 80, 15)]));
  expect(gapsOf(root, 10)).toEqual([{ from_ms: 40, to_ms: 80 }]);
  expect(root.children.flatMap((child) => gapsOf(child, 1))).toEqual([]);
});

test("time inside of a call is the call's and never untraced, down to the next entry", () => {
  const root = only(
    treeOf([
      span("root", null, 0, 100, { kind: "server", category: "http" }),
      span("pool", "root", 10, 40, connection()),
      span("driver", "pool", 12, 36, connection()),
      span("socket", "driver", 14, 20),
      span("name", "socket", 15, 2),
      span("out", "root", 50, 50, { kind: "client", category: "external" }),
      span("in", "out", 60, 30, { kind: "server", category: "http", application: "stock" }),
      span("select", "in", 80, 10, statement()),
    ]),
  );
  expect(flatten([root]).flatMap((node) => gapsOf(node, 1).map(({ from_ms, to_ms }) => [node.key, from_ms, to_ms]))).toEqual([["root", 0, 10], ["in", 60, 80]]);
  expect(sharesOf(criticalPath(root), 100)).toEqual([
    { category: "connect", duration_ms: 40 },
    { category: "gap", duration_ms: 30 },
    { category: "external", duration_ms: 20 },
    { category: "sql", duration_ms: 10 },
  ]);
});

test("what outlives its caller is still running, a message handled later is not waited for", () => {
  const root = only(
    treeOf([
      span("root", null, 0, 100, { kind: "server", category: "http" }),
      span("handler", "root", 0, 1),
      span("pool", "handler", 1, 20, connection()),
      span("driver", "pool", 2, 38, connection()),
      span("send", "root", 50, 10, { kind: "producer", category: "messaging" }),
      span("handle", "send", 60, 40, { kind: "consumer", category: "messaging", application: "stock" }),
    ]),
  );
  expect(gapsOf(root, 1)).toEqual([{ from_ms: 40, to_ms: 50 }, { from_ms: 60, to_ms: 100 }]);
  const path = criticalPath(root);
  expect(path.reduce((all, { from_ms, to_ms }) => all + to_ms - from_ms, 0)).toBe(100);
  expect(sharesOf(path, 100)).toEqual([
    { category: "gap", duration_ms: 50 },
    { category: "connect", duration_ms: 39 },
    { category: "messaging", duration_ms: 10 },
    { category: "internal", duration_ms: 1 },
  ]);
});

test("ten thousand spans, each outliving its caller, are no problem", () => {
  const roots = treeOf(Array.from({ length: 10_000 }, (_, index) => span(`s${index}`, index === 0 ? null : `s${index - 1}`, index, 1.5)));
  const began = performance.now();
  expect(rowsOf(roots, 10_000, new Set())).toHaveLength(10_000);
  expect(criticalPath(only(roots)).length).toBeGreaterThan(0);
  expect(performance.now() - began).toBeLessThan(1000);
});

test("equal calls share a row that opens, gaps stand between in order", () => {
  const calls = Array.from({ length: 6 }, (_, index) => span(`s${index}`, "root", 40 + index * 5, 4, { name: "SELECT item", ...statement() }));
  const roots = treeOf([span("root", null, 0, 100), ...calls]);
  const closed = rowsOf(roots, 100, new Set());
  expect(closed.map((row) => [row.kind, row.number, row.start_offset_ms])).toEqual([["span", 1, 0], ["gap", 2, 0], ["group", 3, 40], ["gap", 4, 69]]);
  expect(rowsOf(roots, 100, new Set(["group s0"]))).toHaveLength(10);
  expect(rowsOf(roots, 100, new Set(["root"]))).toHaveLength(1);
});

test("ten thousand nested spans are no problem", () => {
  const spans = Array.from({ length: 10_000 }, (_, index) => span(`s${index}`, index === 0 ? null : `s${index - 1}`, index / 100, 200 - index / 100));
  const began = performance.now();
  const roots = treeOf(spans);
  expect(rowsOf(roots, 200, new Set()).length).toBeGreaterThanOrEqual(10_000);
  expect(criticalPath(only(roots)).length).toBeGreaterThan(0);
  expect(performance.now() - began).toBeLessThan(1000);
});
