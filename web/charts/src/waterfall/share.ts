import { gapLeastMs } from "./gaps";
import type { Category } from "./category";
import type { PathSegment } from "./critical";

export interface Share {
  category: Category;
  duration_ms: number;
}

/** Where a transaction's time went along its critical path, longest first; adds up to its duration. */
export function sharesOf(path: readonly PathSegment[], traceMs: number): Share[] {
  const least = gapLeastMs(traceMs);
  const sums = new Map<Category, number>();
  for (const { from_ms, to_ms, category: own, between } of path) {
    const length = to_ms - from_ms;
    const category = between && length >= least ? "gap" : own;
    sums.set(category, (sums.get(category) ?? 0) + length);
  }
  return [...sums].map(([category, duration_ms]) => ({ category, duration_ms })).sort((a, b) => b.duration_ms - a.duration_ms);
}
