/**
 * Rows of the Transaction Field: lower edges in ms, rising. A row holds durations in `(its edge, the next edge]`; the first also
 * those of zero, the last is open at the top. The query service cuts the same rows, so history and live points fall into the same
 * cells.
 */
export type FieldScale = "log" | "linear";

/** Rows per doubling of the duration on the logarithmic scale. */
const ROWS_PER_DOUBLING = 4;
const LINEAR_ROWS = 50;

/** Edges for a field whose open row begins at `maxMs`. Only until the first answer: then its own edges hold. */
export function edgesOf(scale: FieldScale, maxMs: number): Float64Array {
  const edges = scale === "linear" ? linear(maxMs) : logarithmic(maxMs);
  // To the microsecond, as the service rounds.
  return Float64Array.from(edges, (edge) => Math.round(edge * 1000) / 1000);
}

function linear(maxMs: number): number[] {
  return Array.from({ length: LINEAR_ROWS + 1 }, (_, row) => (maxMs * row) / LINEAR_ROWS);
}

function logarithmic(maxMs: number): number[] {
  const edges = [0];
  for (let step = 0; ; step += 1) {
    const edge = 2 ** (step / ROWS_PER_DOUBLING);
    if (edge >= maxMs * 0.999_999) break;
    edges.push(edge);
  }
  return [...edges, maxMs];
}

/** The row of a duration: the last whose edge lies strictly below it. */
export function rowOf(edges: Float64Array, durationMs: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) < durationMs) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? low - 1 : 0;
}

/**
 * Where a duration stands as a fractional row, for ticks: 0 at the lowest edge. On the logarithmic scale the lowest row `(0, 1]` has
 * no logarithm; it is linear.
 */
export function rowPosition(edges: Float64Array, scale: FieldScale, durationMs: number): number {
  const row = rowOf(edges, durationMs);
  const low = edges[row] ?? 0;
  const high = edges[row + 1];
  if (high === undefined) return edges.length - 1;
  if (scale === "linear" || low <= 0) return row + (durationMs - low) / (high - low);
  return row + Math.log(durationMs / low) / Math.log(high / low);
}

export function sameEdges(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let row = 0; row < one.length; row += 1) {
    if (Math.abs((one[row] ?? 0) - (other[row] ?? 0)) > 0.001) return false;
  }
  return true;
}
