import type { Apm } from "@naru/api";
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

export function statementsOf(spans: readonly Span[]): StatementUse[] {
  const uses = new Map<string, StatementUse>();
  for (const span of spans) {
    if (span.category !== "sql") continue;
    const statement = span.db?.statement ?? span.name;
    const use = uses.get(statement) ?? { statement, spans: [], total_ms: 0, longest_ms: 0 };
    use.spans.push(span);
    use.total_ms += span.duration_ms;
    use.longest_ms = Math.max(use.longest_ms, span.duration_ms);
    uses.set(statement, use);
  }
  return [...uses.values()].sort((a, b) => b.total_ms - a.total_ms);
}

/** So many equal statements under one caller smell like a loop. */
const REPEATED_STATEMENTS_MIN = 10;

/** How often the caller of this span sent the same statement; null below what is worth a word. */
export function repeatedStatement(span: Span, spans: readonly Span[]): number | null {
  if (span.category !== "sql") return null;
  const name = span.db?.statement ?? span.name;
  const count = spans.filter((one) => one.parent_span_id === span.parent_span_id && one.category === "sql" && (one.db?.statement ?? one.name) === name).length;
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
