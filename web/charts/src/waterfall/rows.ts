import { categoryOf } from "./category";
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
export const GROUP_CALLS_MIN = 5;

type Item = { kind: "node"; node: SpanNode } | { kind: "gap"; gap: Gap; inside: SpanNode } | { kind: "group"; nodes: SpanGroup };

type SpanGroup = [SpanNode, ...SpanNode[]];

interface Level {
  items: Item[];
  next: number;
  depth: number;
}

/**
 * Rows in reading order. `toggled` holds keys whose state is not the usual one: spans are open and groups closed unless toggled.
 */
export function rowsOf(roots: readonly SpanNode[], traceMs: number, toggled: ReadonlySet<string>): WaterfallRow[] {
  const least = gapLeastMs(traceMs);
  const rows: WaterfallRow[] = [];
  const level = (items: Item[], depth: number): Level => ({ items, next: 0, depth });
  const stack = [level(roots.map((node) => ({ kind: "node", node })), 0)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const item = top.items[top.next];
    top.next += 1;
    if (!item) {
      stack.pop();
      continue;
    }
    const row = rowOf(item, top.depth, rows.length + 1, least, toggled);
    rows.push(row);
    if (item.kind === "node" && row.kind === "span" && row.open === true) stack.push(level(itemsBelow(item.node, least), top.depth + 1));
    if (item.kind === "group" && row.kind === "group" && row.open) {
      stack.push(level(item.nodes.map((node) => ({ kind: "node", node })), top.depth + 1));
    }
  }
  return rows;
}

function rowOf(item: Item, depth: number, number: number, least: number, toggled: ReadonlySet<string>): WaterfallRow {
  switch (item.kind) {
    case "node": {
      const { key, span, children, orphan } = item.node;
      const { start_offset_ms, duration_ms } = span;
      const open = children.length === 0 ? null : !toggled.has(key);
      return { kind: "span", key, depth, number, start_offset_ms, duration_ms, span, orphan, open, gap_ms: lengthOf(gapsOf(item.node, least)) };
    }
    case "gap": {
      const { from_ms, to_ms } = item.gap;
      const key = `gap ${item.inside.key} ${from_ms}`;
      return { kind: "gap", key, depth, number, start_offset_ms: from_ms, duration_ms: to_ms - from_ms, inside: item.inside.span };
    }
    case "group": {
      const spans = item.nodes.map((node) => node.span);
      const [{ key: firstKey, span: first }] = item.nodes;
      const key = `group ${firstKey}`;
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
  const gaps = gapsOf(node, least).filter((gap) => !groups.some((group) => group.length >= GROUP_CALLS_MIN && covers(group, gap)));
  const items: Item[] = groups.flatMap((group): Item[] =>
    group.length >= GROUP_CALLS_MIN ? [{ kind: "group", nodes: group }] : group.map((one) => ({ kind: "node", node: one })),
  );
  for (const gap of gaps) items.push({ kind: "gap", gap, inside: node });
  return items.sort((a, b) => startOf(a) - startOf(b));
}

/** Neighbours that are equal calls without calls of their own. */
function groupsOf(children: readonly SpanNode[]): SpanGroup[] {
  const groups: SpanGroup[] = [];
  for (const child of children) {
    const last = groups.at(-1);
    if (last && alike(last[0], child)) last.push(child);
    else groups.push([child]);
  }
  return groups;
}

function alike(a: SpanNode, b: SpanNode): boolean {
  const leaf = a.children.length === 0 && b.children.length === 0;
  return leaf && a.span.name === b.span.name && a.span.application === b.span.application && categoryOf(a.span) === categoryOf(b.span);
}

function covers(group: readonly SpanNode[], gap: Gap): boolean {
  const from = group[0]?.span.start_offset_ms ?? Infinity;
  const to = Math.max(...group.map((node) => endOf(node.span)));
  return gap.from_ms >= from && gap.to_ms <= to;
}

function startOf(item: Item): number {
  if (item.kind === "gap") return item.gap.from_ms;
  const node = item.kind === "node" ? item.node : item.nodes[0];
  return node.span.start_offset_ms;
}
