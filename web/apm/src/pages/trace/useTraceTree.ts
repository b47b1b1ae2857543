import type { Apm } from "@naru/api";
import { criticalPath, flatten, pathSpans, rowsOf, sharesOf, treeOf, type Share, type SpanNode, type WaterfallRow } from "@naru/charts";
import { useCallback, useMemo, useState } from "react";

export interface TraceTree {
  rows: WaterfallRow[];
  /** Every span with its key, callers first; rows hold only what is unfolded. */
  nodes: SpanNode[];
  path: ReturnType<typeof pathSpans>;
  shares: Share[];
  /** The duration the shares add up to. */
  root_ms: number;
  toggle: (key: string) => void;
}

/** A trace's spans as rows, with the critical path of its longest root. */
export function useTraceTree(trace: Apm.Trace): TraceTree {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const roots = useMemo(() => treeOf(trace.spans), [trace.spans]);
  const longest = useMemo(() => roots.reduce<(typeof roots)[number] | null>((best, root) => (best && best.span.duration_ms >= root.span.duration_ms ? best : root), null), [roots]);
  const segments = useMemo(() => (longest ? criticalPath(longest) : []), [longest]);
  const nodes = useMemo(() => flatten(roots), [roots]);
  const path = useMemo(() => pathSpans(segments, nodes), [segments, nodes]);
  const rows = useMemo(() => rowsOf(roots, trace.duration_ms, toggled), [roots, trace.duration_ms, toggled]);
  const shares = useMemo(() => sharesOf(segments, trace.duration_ms), [segments, trace.duration_ms]);
  const toggle = useCallback((key: string) => {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  return { rows, nodes, path, shares, root_ms: longest?.span.duration_ms ?? 0, toggle };
}
