import type { AlignedData } from "uplot";

/** `[unix ms, value]`; null is a gap. */
export type SeriesPoint = readonly [number, number | null];

export interface Line {
  label: string;
  /** The whole name where the label is a short one. */
  title?: string;
  /** Lines of one group stand together in a legend, where the group's name is said once and each line by its name within. */
  within?: { group: string; name: string };
  /** Any CSS colour, variables too. */
  colour: string;
  points: readonly SeriesPoint[];
  /** Tells lines apart without colour. */
  dash?: readonly number[];
  fill?: boolean;
}

/**
 * All lines on one time axis in seconds, as uPlot wants it. A moment only some lines know, as where steps are not alike, is undefined
 * in the others: their stroke goes on over it. A gap is null.
 *
 * With `fillingFromMs` every line comes twice, first up to there, then, after all lines, from there on: what still fills is drawn
 * otherwise. The second begins with the last value of the first, so that the stroke goes on.
 */
export function alignSeries(lines: readonly Line[], fillingFromMs: number | null = null): AlignedData {
  const moments = [...new Set(lines.flatMap((line) => line.points.map(([ms]) => ms)))].sort((a, b) => a - b);
  const values = lines.map((line) => {
    const known = new Map(line.points);
    return moments.map((ms) => known.get(ms));
  });
  const seconds = moments.map((ms) => ms / 1000);
  if (fillingFromMs === null) return [seconds, ...values] as AlignedData;
  const first = moments.findIndex((ms) => ms >= fillingFromMs);
  const cut = first < 0 ? moments.length : first;
  const whole = values.map((line) => line.map((value, index) => (index < cut ? value : null)));
  const filling = values.map((line) => line.map((value, index) => (index >= cut - 1 ? value : null)));
  return [seconds, ...whole, ...filling] as AlignedData;
}

/** The value of the line at `place` of `count` lines: of the step that `index` lies in, or without one the newest that is whole. */
export function valueAt(data: AlignedData, place: number, count: number, index: number | null): number | null {
  const [whole, filling] = [data[place + 1], data[count + place + 1]];
  if (index !== null) return heldAt(whole, index) ?? heldAt(filling, index);
  return lastValue(whole) ?? lastValue(filling);
}

/** A value stands at the beginning of its step and holds until the line's next one. */
function heldAt(values: ArrayLike<number | null | undefined> | undefined, index: number): number | null {
  let at = index;
  while (at > 0 && values?.[at] === undefined) at -= 1;
  return values?.[at] ?? null;
}

/** Whether a value has gaps, or nothing, on both sides: it has no line. */
export function isAlone(values: ArrayLike<number | null | undefined>, index: number): boolean {
  const beside = (step: 1 | -1) => {
    let at = index + step;
    while (at >= 0 && at < values.length && values[at] === undefined) at += step;
    return values[at] ?? null;
  };
  return (values[index] ?? null) !== null && beside(-1) === null && beside(1) === null;
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
