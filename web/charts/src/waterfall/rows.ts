import { gapLeastMs, gapsOf, lengthOf, type Gap } from "./gaps";
import { endOf, type Span, type SpanNode } from "./tree";

interface RowBase {
  /** Stable across opening and closing. */
  key: string;
  depth: number;
  /** 1 for the first row on screen. */
  number: number;
  start_offset_ms: number;
  duration_ms: number;
}

export type WaterfallRow =
  | (RowBase & { kind: "span"; span: Span; orphan: boolean; open: boolean | null; gap_ms: number })
  | (RowBase & { kind: "gap"; inside: Span })
  | (RowBase & { kind: "group"; first: Span; count: number; failed: number; sum_ms: number; open: boolean });

/** From this many equal calls in a row they share one row that opens. */
export const GROUP_LEAST = 5;

type Item = { kind: "node"; node: SpanNode } | { kind: "gap"; gap: Gap } | { kind: "group"; nodes: SpanNode[] };

interface Level {
  items: Item[];
  next: number;
  depth: number;
  parent: SpanNode | null;
}

/**
 * Rows in reading order. `toggled` holds keys whose state is not the usual one: spans are open and groups closed unless toggled.
 */
export function rowsOf(roots: readonly SpanNode[], traceMs: number, toggled: ReadonlySet<string>): WaterfallRow[] {
  const least = gapLeastMs(traceMs);
  const rows: WaterfallRow[] = [];
  const level = (items: Item[], depth: number, parent: SpanNode | null): Level => ({ items, next: 0, depth, parent });
  const stack = [level(roots.map((node) => ({ kind: "node", node })), 0, null)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const item = top.items[top.next];
    top.next += 1;
    if (!item) {
      stack.pop();
      continue;
    }
    const row = rowOf(item, top, rows.length + 1, least, toggled);
    rows.push(row);
    if (item.kind === "node" && row.kind === "span" && row.open === true) stack.push(level(itemsBelow(item.node, least), top.depth + 1, item.node));
    if (item.kind === "group" && row.kind === "group" && row.open) {
      stack.push(level(item.nodes.map((node) => ({ kind: "node", node })), top.depth + 1, top.parent));
    }
  }
  return rows;
}

function rowOf(item: Item, { depth, parent }: Level, number: number, least: number, toggled: ReadonlySet<string>): WaterfallRow {
  switch (item.kind) {
    case "node": {
      const { span, children, orphan } = item.node;
      const { span_id: key, start_offset_ms, duration_ms } = span;
      const open = children.length === 0 ? null : !toggled.has(key);
      return { kind: "span", key, depth, number, start_offset_ms, duration_ms, span, orphan, open, gap_ms: lengthOf(gapsOf(item.node, least)) };
    }
    case "gap": {
      const { from_ms, to_ms } = item.gap;
      // Only a called span has gaps, so there is a parent; the first root stands in where a root could be asked.
      const inside = parent?.span as Span;
      return { kind: "gap", key: `gap ${inside.span_id} ${from_ms}`, depth, number, start_offset_ms: from_ms, duration_ms: to_ms - from_ms, inside };
    }
    case "group": {
      const spans = item.nodes.map((node) => node.span);
      const [first] = spans as [Span, ...Span[]];
      const key = `group ${first.span_id}`;
      const start_offset_ms = first.start_offset_ms;
      const duration_ms = Math.max(...spans.map(endOf)) - start_offset_ms;
      const sum_ms = spans.reduce((sum, span) => sum + span.duration_ms, 0);
      const failed = spans.filter((span) => span.status === "error").length;
      return { kind: "group", key, depth, number, start_offset_ms, duration_ms, first, count: spans.length, failed, sum_ms, open: toggled.has(key) };
    }
  }
}

/** Calls, groups of equal calls, and gaps between them, in order of start. */
function itemsBelow(node: SpanNode, least: number): Item[] {
  const groups = groupsOf(node.children);
  const gaps = gapsOf(node, least).filter((gap) => !groups.some((group) => group.length >= GROUP_LEAST && covers(group, gap)));
  const items: Item[] = groups.flatMap((group): Item[] =>
    group.length >= GROUP_LEAST ? [{ kind: "group", nodes: group }] : group.map((one) => ({ kind: "node", node: one })),
  );
  for (const gap of gaps) items.push({ kind: "gap", gap });
  return items.sort((a, b) => startOf(a) - startOf(b));
}

/** Neighbours that are equal calls without calls of their own. */
function groupsOf(children: readonly SpanNode[]): SpanNode[][] {
  const groups: SpanNode[][] = [];
  for (const child of children) {
    const last = groups.at(-1);
    const sample = last?.[0];
    if (last && sample && alike(sample, child)) last.push(child);
    else groups.push([child]);
  }
  return groups;
}

function alike(a: SpanNode, b: SpanNode): boolean {
  const leaf = a.children.length === 0 && b.children.length === 0;
  return leaf && a.span.name === b.span.name && a.span.application === b.span.application && a.span.category === b.span.category;
}

function covers(group: readonly SpanNode[], gap: Gap): boolean {
  const from = group[0]?.span.start_offset_ms ?? Infinity;
  const to = Math.max(...group.map((node) => endOf(node.span)));
  return gap.from_ms >= from && gap.to_ms <= to;
}

function startOf(item: Item): number {
  if (item.kind === "gap") return item.gap.from_ms;
  const node = item.kind === "node" ? item.node : item.nodes[0];
  return node?.span.start_offset_ms ?? 0;
}
