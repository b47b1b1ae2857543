import type { AlignedData } from "uplot";

/** `[unix ms, value]`; null is a gap. */
export type SeriesPoint = readonly [number, number | null];

export interface Line {
  label: string;
  /** Any CSS colour, variables too. */
  colour: string;
  points: readonly SeriesPoint[];
  /** Tells lines apart without colour. */
  dash?: readonly number[];
  fill?: boolean;
}

/** All lines on one time axis in seconds, as uPlot wants it. A moment only some lines know is a gap in the others. */
export function alignSeries(lines: readonly Line[]): AlignedData {
  const moments = [...new Set(lines.flatMap((line) => line.points.map(([ms]) => ms)))].sort((a, b) => a - b);
  const values = lines.map((line) => {
    const known = new Map(line.points);
    return moments.map((ms) => known.get(ms) ?? null);
  });
  return [moments.map((ms) => ms / 1000), ...values] as AlignedData;
}

/** The index whose moment is nearest; null without any. `sorted` is rising. */
export function nearestIndex(sorted: ArrayLike<number> | undefined, wanted: number): number | null {
  if (!sorted || sorted.length === 0) return null;
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = sorted[low - 1];
  return before !== undefined && wanted - before < (sorted[low] ?? Infinity) - wanted ? low - 1 : low;
}

/** The last value that is no gap. */
export function lastValue(values: ArrayLike<number | null | undefined> | undefined): number | null {
  for (let index = (values?.length ?? 0) - 1; index >= 0; index -= 1) {
    const value = values?.[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
