import type { Apm } from "@naru/api";
import type { Span } from "./answer";

type SpanException = Apm.Span["exceptions"][number];

/** One exception: where it was thrown, and the callers it passed through, nearest first, each of which recorded it again. */
export interface ThrownException {
  span: Span;
  exception: SpanException;
  passed: Span[];
}

/**
 * Every exception of a trace once, in order of time. A caller that records what it was thrown belongs to that exception when type
 * and message are the same; of several equal ones below it, to the last, the one it gave up on.
 */
export function exceptionsOf(spans: readonly Span[]): ThrownException[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const recorded = spans.flatMap((span) => span.exceptions.map((exception) => ({ span, exception, callers: callersOf(span, byId) })));
  // The deepest first: there an exception begins.
  recorded.sort((a, b) => b.callers.size - a.callers.size || a.exception.time_ms - b.exception.time_ms);
  const found: (ThrownException & { callers: ReadonlySet<Span> })[] = [];
  for (const { span, exception, callers } of recorded) {
    const same = found.filter((one) => isSame(one.exception, exception) && (one.span === span || one.callers.has(span)));
    const last = same.sort((a, b) => b.exception.time_ms - a.exception.time_ms)[0];
    if (!last) found.push({ span, exception, passed: [], callers });
    else if (last.span !== span && !last.passed.includes(span)) last.passed.push(span);
  }
  return found
    .sort((a, b) => a.exception.time_ms - b.exception.time_ms)
    .map(({ span, exception, passed }) => ({ span, exception, passed }));
}

function isSame(a: SpanException, b: SpanException): boolean {
  return a.type === b.type && a.message === b.message && (a.type !== null || a.message !== null);
}

/** All spans a span runs inside of; broken data may name itself. */
function callersOf(span: Span, byId: ReadonlyMap<string, Span>): ReadonlySet<Span> {
  const callers = new Set<Span>();
  for (let at = callerOf(span, byId); at && at !== span && !callers.has(at); at = callerOf(at, byId)) callers.add(at);
  return callers;
}

function callerOf(span: Span, byId: ReadonlyMap<string, Span>): Span | undefined {
  return span.parent_span_id === null ? undefined : byId.get(span.parent_span_id);
}
