import type { Apm } from "@naru/api";
import { callOf, isEntry, type Category } from "./category";

export type Span = Apm.Span;

/** A span with what it caused, in order of start. */
export interface SpanNode {
  /** The span's id; later spans of the same id (a client and a server that share one, as in Zipkin) have their number behind it. */
  key: string;
  span: Span;
  children: SpanNode[];
  /** Its caller is named but not in this trace: a hop without an agent, or not yet arrived. */
  orphan: boolean;
  /** The call it is, or runs inside of (a driver's lookup of a name): its own time is spent there, and never untraced. Null for code. */
  call: Category | null;
  /**
   * Its children, and what they left running when they ended (a pool hands out a connection while the driver's span is still open),
   * in order of start: as long as one of these runs, time is neither untraced nor this span's own.
   */
  running: SpanNode[];
}

/**
 * Roots of a trace's spans, oldest first. A cycle (a broken agent) is cut where it is met first, and spans may share an id, so that
 * every span is shown exactly once. What names a shared id as its caller belongs to the first span of that id.
 */
export function treeOf(spans: readonly Span[]): SpanNode[] {
  const nodes = nodesOf(spans);
  const firsts = new Map(nodes.map((node) => [node.key, node]));
  const parentOf = (node: SpanNode) => (node.span.parent_span_id === null ? undefined : firsts.get(node.span.parent_span_id));
  const roots: SpanNode[] = [];
  for (const node of nodes) {
    const parent = parentOf(node);
    if (parent) parent.children.push(node);
    else roots.push(node);
    node.orphan = node.span.parent_span_id !== null && parent === undefined;
  }
  const reached = new Set<SpanNode>();
  for (const root of roots) reach(root, reached);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    // Only members of a circle are left over: this one lets go of its caller and becomes a root.
    const parent = parentOf(node);
    if (parent) parent.children = parent.children.filter((child) => child !== node);
    roots.push(node);
    reach(node, reached);
  }
  for (const node of nodes) node.children.sort(byStart);
  // Callers were reached first: going backwards, children know theirs before their caller asks.
  for (const node of [...reached].reverse()) node.running = runningIn(node);
  return roots.sort(byStart);
}

/** In the order given, each with a key of its own. */
function nodesOf(spans: readonly Span[]): SpanNode[] {
  const counts = new Map<string, number>();
  return spans.map((span) => {
    const number = (counts.get(span.span_id) ?? 0) + 1;
    counts.set(span.span_id, number);
    return { key: number === 1 ? span.span_id : `${span.span_id} ${number}`, span, children: [], orphan: false, call: null, running: [] };
  });
}

/** Everything below a root, which learns what call it is part of on the way. */
function reach(root: SpanNode, reached: Set<SpanNode>): void {
  const open = [root];
  root.call = callOf(root.span);
  for (let node = open.pop(); node; node = open.pop()) {
    reached.add(node);
    for (const child of node.children) {
      child.call = callOf(child.span) ?? (isEntry(child.span) ? null : node.call);
      open.push(child);
    }
  }
}

/** So many spans that outlive their caller are looked at per span: a long chain of them must not fill the memory. */
const OUTLIVING_MAX = 30;

/** What comes in elsewhere is not waited for: a message is handled when its sender has long gone on. */
function runningIn(node: SpanNode): SpanNode[] {
  const outliving = node.children.flatMap((child) =>
    isEntry(child.span) ? [] : child.running.filter(({ span }) => !isEntry(span) && endOf(span) > endOf(child.span)),
  );
  if (outliving.length === 0) return node.children;
  const last = outliving.sort((a, b) => endOf(b.span) - endOf(a.span)).slice(0, OUTLIVING_MAX);
  return [...node.children, ...last].sort(byStart);
}

function byStart(a: SpanNode, b: SpanNode): number {
  return a.span.start_offset_ms - b.span.start_offset_ms || b.span.duration_ms - a.span.duration_ms;
}

export function endOf(span: Span): number {
  return span.start_offset_ms + span.duration_ms;
}
