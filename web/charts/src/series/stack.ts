import type { AlignedData } from "uplot";

/**
 * Each line on top of those before it, for `count` lines that may come twice (see `alignSeries`). Where a line has no value, it has none
 * on top of others either; and where it is flat zero nothing of it is drawn, or the topmost colour would lie over all others.
 */
export function stacked(data: AlignedData, count: number): AlignedData {
  const [moments, ...lines] = data;
  let below: number[] = [];
  const drawn = lines.map((values, place) => {
    const lowest = place % count === 0;
    if (lowest) below = Array.from(moments, () => 0);
    return Array.from(values, (value, index) => {
      if (value === null || value === undefined) return value;
      below[index] = (below[index] ?? 0) + value;
      // A rise from zero begins there.
      const isFlat = value === 0 && !values[index - 1] && !values[index + 1];
      return isFlat && !lowest ? null : below[index];
    });
  });
  return [moments, ...drawn] as AlignedData;
}
