import { categoryOf, type Category } from "./category";
import { endOf, type Span, type SpanNode } from "./tree";

/** A stretch of the critical path: while it ran, the answer waited for this span itself. Offsets in ms. */
export interface PathSegment {
  span: Span;
  from_ms: number;
  to_ms: number;
  /** What the span itself was busy with. */
  category: Category;
  /** The application's code called something, so this stretch lies between calls. */
  between: boolean;
}

/**
 * What the end of `root` waited for, newest first: going back from its end, always into the call that finished last. The segments
 * join without a hole, so their lengths add up to the root's duration.
 */
export function criticalPath(root: SpanNode): PathSegment[] {
  const path: PathSegment[] = [];
  const add = (node: SpanNode, from_ms: number, to_ms: number) => {
    if (to_ms > from_ms) path.push({ span: node.span, from_ms, to_ms, category: ownCategory(node), between: node.call === null && node.children.length > 0 });
  };
  // A frame per open span: which of its calls come next, and how far back the path has come. No recursion: traces nest deeply.
  const start = (node: SpanNode, untilMs: number, floorMs: number) => ({
    node,
    floor: Math.max(floorMs, node.span.start_offset_ms),
    cursor: Math.min(untilMs, endOf(node.span)),
    calls: [...node.running].sort((a, b) => endOf(b.span) - endOf(a.span)),
    next: 0,
  });
  const stack = [start(root, Infinity, -Infinity)];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const call = frame.calls[frame.next];
    frame.next += 1;
    if (!call) {
      add(frame.node, frame.floor, frame.cursor);
      stack.pop();
      continue;
    }
    const end = Math.min(endOf(call.span), frame.cursor);
    const begin = Math.max(call.span.start_offset_ms, frame.floor);
    // Calls that end before the span began, or began after the path went on, did not hold it up. One that outlives it (a message
    // handled later) counts only as far as the span itself lasted.
    if (end <= begin || call.span.start_offset_ms >= frame.cursor) continue;
    add(frame.node, end, frame.cursor);
    frame.cursor = begin;
    stack.push(start(call, end, begin));
  }
  return path;
}

/** The time of a server span itself is the application's own code. */
function ownCategory({ span, call }: SpanNode): Category {
  const category = call ?? categoryOf(span);
  return category === "http" ? "internal" : category;
}

/** Where on the path each span is: from its first to its last moment. By the span itself, because ids may be shared. */
export function pathSpans(path: readonly PathSegment[], nodes: readonly SpanNode[]): Map<Span, [number, number]> {
  const spans = new Map<Span, [number, number]>();
  for (const { span, from_ms, to_ms } of path) widen(spans, span, from_ms, to_ms);
  // Callers are on the path while what they called is. Children come after parents, so going backwards passes everything up.
  for (const { span, children } of [...nodes].reverse()) {
    for (const child of children) {
      const below = spans.get(child.span);
      if (below) widen(spans, span, below[0], below[1]);
    }
  }
  return spans;
}

function widen(spans: Map<Span, [number, number]>, span: Span, from: number, to: number): void {
  const known = spans.get(span);
  spans.set(span, known ? [Math.min(known[0], from), Math.max(known[1], to)] : [from, to]);
}

/** Every node, callers before what they called. */
export function flatten(roots: readonly SpanNode[]): SpanNode[] {
  const all: SpanNode[] = [];
  const open = [...roots].reverse();
  for (let node = open.pop(); node; node = open.pop()) {
    all.push(node);
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child) open.push(child);
    }
  }
  return all;
}
