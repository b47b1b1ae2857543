import { endOf, type SpanNode } from "./tree";

/** Time inside a span in which nothing that it called ran; offsets in ms from the trace's start. */
export interface Gap {
  from_ms: number;
  to_ms: number;
}

/** A gap worth a row: at least this share of the whole trace, and one millisecond. */
const GAP_SHARE_MIN = 0.015;
const GAP_MIN_MS = 1;

export function gapLeastMs(traceMs: number): number {
  return Math.max(GAP_MIN_MS, traceMs * GAP_SHARE_MIN);
}

/** Gaps of code that called something. Without calls its time is its own work, and inside of a call the call explains it. */
export function gapsOf(node: SpanNode, leastMs: number): Gap[] {
  if (node.children.length === 0 || node.call !== null) return [];
  const end = endOf(node.span);
  const gaps: Gap[] = [];
  let covered = node.span.start_offset_ms;
  for (const { span } of node.running) {
    const from = Math.min(span.start_offset_ms, end);
    if (from - covered >= leastMs) gaps.push({ from_ms: covered, to_ms: from });
    covered = Math.max(covered, Math.min(endOf(span), end));
  }
  if (end - covered >= leastMs) gaps.push({ from_ms: covered, to_ms: end });
  return gaps;
}

export function lengthOf(gaps: readonly Gap[]): number {
  return gaps.reduce((sum, gap) => sum + gap.to_ms - gap.from_ms, 0);
}
