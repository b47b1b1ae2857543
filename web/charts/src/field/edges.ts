/**
 * Rows of the Transaction Field: lower edges in ms, rising. A row holds durations in `(its edge, the next edge]`; the first also
 * those of zero, the last is open at the top. The query service cuts the same rows, so history and live points fall into the same
 * cells: on the logarithmic scale at ends of its histograms' buckets, which lets it add up cells instead of counting spans.
 */
export type FieldScale = "log" | "linear";

/** Sixteen buckets of the service's histograms make a doubling of the duration, and four of them a row of the logarithmic scale. */
const BUCKETS_PER_DOUBLING = 16;
const BUCKETS_PER_ROW = 4;
/** The end of the bucket that holds 1 ms, in buckets above 1 ns: 1.004 ms. Below, durations are one row. */
const LEAST = 319;
/** Of two edges around a height, the nearer: half a row. */
const NEAREST = 2 ** (-BUCKETS_PER_ROW / BUCKETS_PER_DOUBLING / 2);
const LINEAR_ROWS = 50;

/**
 * Edges for a field whose open row begins at `maxMs`; on the logarithmic scale, at the nearest edge. Only until the first answer:
 * then its own edges hold.
 */
export function edgesOf(scale: FieldScale, maxMs: number): Float64Array {
  return Float64Array.from(scale === "linear" ? linear(maxMs) : logarithmic(maxMs));
}

function linear(maxMs: number): number[] {
  // To the microsecond, as the service rounds.
  return Array.from({ length: LINEAR_ROWS + 1 }, (_, row) => Math.round(((maxMs * row) / LINEAR_ROWS) * 1000) / 1000);
}

function logarithmic(maxMs: number): number[] {
  const edges = [0];
  for (let bucket = LEAST; ; bucket += BUCKETS_PER_ROW) {
    const edge = Math.floor(2 ** (bucket / BUCKETS_PER_DOUBLING)) / 1e6;
    edges.push(edge);
    if (edge >= maxMs * NEAREST) return edges;
  }
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
 * Where a duration stands as a fractional row, for ticks: 0 at the lowest edge. On the logarithmic scale the lowest row has
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
