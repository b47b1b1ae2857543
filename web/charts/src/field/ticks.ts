import type { FieldScale } from "./edges";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps a clock reader expects. */
const TIME_STEPS_MS = [
  SECOND_MS, 2 * SECOND_MS, 5 * SECOND_MS, 10 * SECOND_MS, 15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS,
  30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 2 * DAY_MS, 5 * DAY_MS, 10 * DAY_MS,
];

export interface TimeTicks {
  at: number[];
  /** How much of the moment a label says. */
  style: "time" | "minute" | "day";
}

/** Moments for labels at least `spacingPx` apart. `offsetMs` = local time minus UTC, so that days begin at local midnight. */
export function timeTicks(fromMs: number, toMs: number, widthPx: number, spacingPx: number, offsetMs: number): TimeTicks {
  const least = ((toMs - fromMs) * spacingPx) / Math.max(1, widthPx);
  const step = TIME_STEPS_MS.find((ms) => ms >= least) ?? 10 * DAY_MS;
  const first = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs;
  const at: number[] = [];
  for (let moment = first; moment <= toMs; moment += step) at.push(moment);
  return { at, style: step >= DAY_MS ? "day" : step >= MINUTE_MS ? "minute" : "time" };
}

/** Durations worth a label up to `maxMs`: 1, 3, 10, 30 … on the logarithmic scale, fifths of a round number on the linear one. */
export function durationTicks(scale: FieldScale, maxMs: number): number[] {
  if (scale === "linear") {
    const step = niceStep(maxMs / 5);
    return Array.from({ length: Math.floor(maxMs / step + 1e-9) + 1 }, (_, index) => index * step);
  }
  const ticks: number[] = [];
  for (let decade = 1; decade <= maxMs; decade *= 10) {
    ticks.push(decade);
    if (decade * 3 <= maxMs) ticks.push(decade * 3);
  }
  // A minute reads better than 30 s and "60 s" apart from it.
  return maxMs >= 60_000 ? [...ticks.filter((tick) => tick <= 30_000), 60_000] : ticks;
}

function niceStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * decade >= least * 0.999) ?? 10;
  return factor * decade;
}
