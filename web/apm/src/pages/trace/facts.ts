import type { Apm } from "@naru/api";
import { categoryOf, isEntry } from "@naru/charts";
import type { Span } from "./answer";

/** The span a trace is named by: its entry, or the first there is. */
export function rootOf({ spans }: Pick<Apm.Trace, "spans">): Span | undefined {
  return spans.find(({ parent_span_id }) => parent_span_id === null) ?? spans[0];
}

/** Statements of a trace that read the same, longest in total first. */
export interface StatementUse {
  statement: string;
  spans: Span[];
  total_ms: number;
  longest_ms: number;
}

/** Counted as the server counts them for its lists: of nested ones (a library's span around the driver's) the outermost. */
export function statementsOf(spans: readonly Span[]): StatementUse[] {
  const byId = spansById(spans);
  const uses = new Map<string, StatementUse>();
  for (const span of spans) {
    if (!isStatement(span) || isNested(span, byId)) continue;
    const statement = textOf(span);
    const use = uses.get(statement) ?? { statement, spans: [], total_ms: 0, longest_ms: 0 };
    use.spans.push(span);
    use.total_ms += span.duration_ms;
    use.longest_ms = Math.max(use.longest_ms, span.duration_ms);
    uses.set(statement, use);
  }
  return [...uses.values()].sort((a, b) => b.total_ms - a.total_ms);
}

function isStatement(span: Span): boolean {
  return categoryOf(span) === "sql";
}

/** An operation without its statement is called by the span's name, which mostly says the table, too. */
function textOf(span: Span): string {
  return span.db?.statement ?? span.name;
}

/** A chain of callers longer than this is a loop. */
const DEPTH_MAX = 1000;

/** Another statement runs above it in the same transaction. */
function isNested(span: Span, byId: ReadonlyMap<string, Span>): boolean {
  let above = span;
  for (let depth = 0; depth < DEPTH_MAX && above.parent_span_id !== null && !isEntry(above); depth += 1) {
    const caller = byId.get(above.parent_span_id);
    if (!caller || caller === above) return false;
    if (caller !== span && isStatement(caller)) return true;
    above = caller;
  }
  return false;
}

/** What names a shared id as its caller means the first span of that id. */
function spansById(spans: readonly Span[]): Map<string, Span> {
  const byId = new Map<string, Span>();
  for (const span of spans) if (!byId.has(span.span_id)) byId.set(span.span_id, span);
  return byId;
}

/** So many equal statements under one caller smell like a loop. */
const REPEATED_STATEMENTS_MIN = 10;

/** How often the caller of this span sent the same statement; null below what is worth a word. */
export function repeatedStatement(span: Span, spans: readonly Span[]): number | null {
  if (!isStatement(span)) return null;
  const statement = textOf(span);
  const count = spans.filter((one) => one.parent_span_id === span.parent_span_id && isStatement(one) && textOf(one) === statement).length;
  return count >= REPEATED_STATEMENTS_MIN ? count : null;
}

const USER_KEYS = ["user.id", "enduser.id", "user.name", "enduser.pseudo.id"];

/** The user an entry span names. */
export function userOf(spans: readonly Span[]): string | null {
  for (const span of spans) {
    for (const key of USER_KEYS) {
      const value = span.attributes[key];
      if (typeof value === "string" && value !== "") return value;
    }
  }
  return null;
}
