import { expect, test } from "vitest";
import type { Span } from "./answer";
import { repeatedStatement, statementsOf } from "./facts";

const DB = { system: "postgresql", namespace: null, operation: null, statement: null };

type Wanted = [id: string, caller: string | null, over?: Partial<Span>];

const span = ([span_id, parent_span_id, over]: Wanted) =>
  ({ span_id, parent_span_id, name: span_id, kind: "internal", category: "internal", db: null, duration_ms: 10, ...over }) as Span;

const sql = (db: Partial<NonNullable<Span["db"]>>, over: Partial<Span> = {}): Partial<Span> => ({ kind: "client", category: "sql", db: { ...DB, ...db }, ...over });

const told = (...wanted: Wanted[]) => statementsOf(wanted.map(span)).map(({ statement, spans, total_ms }) => [statement, spans.length, total_ms]);

test("opening a connection is no statement, an operation without its statement is one", () => {
  expect(
    told(["root", null], ["pg-pool.connect", "root", sql({})], ["pg.connect", "pg-pool.connect", sql({})], ["SELECT item", "root", sql({ operation: "SELECT" })]),
  ).toEqual([["SELECT item", 1, 10]]);
});

test("of nested statements only the outermost counts, whatever lies between", () => {
  const select = sql({ statement: "select 1" });
  expect(told(["root", null], ["orm", "root", select], ["retry", "orm"], ["driver", "retry", select], ["other", "root", select])).toEqual([["select 1", 2, 20]]);
});

test("a statement below another transaction counts, and so does one whose caller is missing", () => {
  const select = sql({ statement: "select 1" });
  expect(told(["outer", null, select], ["entry", "outer", { kind: "server" }], ["inner", "entry", select], ["orphan", "gone", select])).toEqual([["select 1", 3, 30]]);
});

test("callers in a circle end", () => {
  const select = sql({ statement: "select 1" });
  expect(told(["a", "b"], ["b", "a"], ["c", "a", select], ["self", "self", select])).toEqual([["select 1", 2, 20]]);
});

test("ten equal statements are worth a word, ten connections are none", () => {
  const of = (db: Partial<NonNullable<Span["db"]>>) => Array.from({ length: 10 }, (_, index) => span([`s${index}`, "root", sql(db, { name: "one" })]));
  const [statements, connections] = [of({ statement: "select 1" }), of({})];
  expect([statements, connections].map((spans) => repeatedStatement(spans[0] as Span, spans))).toEqual([10, null]);
});
