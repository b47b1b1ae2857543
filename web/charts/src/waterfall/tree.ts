import type { Apm } from "@naru/api";

export type Span = Apm.Span;

/** A span with what it caused, in order of start. */
export interface SpanNode {
  /** The span's id; later spans of the same id (a client and a server that share one, as in Zipkin) have their number behind it. */
  key: string;
  span: Span;
  children: SpanNode[];
  /** Its caller is named but not in this trace: a hop without an agent, or not yet arrived. */
  orphan: boolean;
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
  return roots.sort(byStart);
}

/** In the order given, each with a key of its own. */
function nodesOf(spans: readonly Span[]): SpanNode[] {
  const counts = new Map<string, number>();
  return spans.map((span) => {
    const number = (counts.get(span.span_id) ?? 0) + 1;
    counts.set(span.span_id, number);
    return { key: number === 1 ? span.span_id : `${span.span_id} ${number}`, span, children: [], orphan: false };
  });
}

function reach(root: SpanNode, reached: Set<SpanNode>): void {
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    reached.add(node);
    open.push(...node.children);
  }
}

function byStart(a: SpanNode, b: SpanNode): number {
  return a.span.start_offset_ms - b.span.start_offset_ms || b.span.duration_ms - a.span.duration_ms;
}

export function endOf(span: Span): number {
  return span.start_offset_ms + span.duration_ms;
}
