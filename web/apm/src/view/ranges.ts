import type { FieldWindow } from "@naru/charts";
import type { View } from "./search";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The sliding windows. `live` ones are pushed and asked again within seconds. */
export const RANGES = [
  { name: "5m", length_ms: 5 * MINUTE_MS },
  { name: "15m", length_ms: 15 * MINUTE_MS },
  { name: "1h", length_ms: HOUR_MS },
  { name: "6h", length_ms: 6 * HOUR_MS },
  { name: "24h", length_ms: DAY_MS },
  { name: "7d", length_ms: 7 * DAY_MS },
  { name: "30d", length_ms: 30 * DAY_MS },
] as const;

export type RangeName = (typeof RANGES)[number]["name"];

/** Of a longer window what just came changes too little to be asked for each second. */
const LIVE_MS_MAX = 15 * MINUTE_MS;

/** No question may span more. */
export const RANGE_MS_MAX = 31 * DAY_MS;

export function rangeOf(view: View): (typeof RANGES)[number] {
  return RANGES.find(({ name }) => name === view.range) ?? RANGES[0];
}

export function windowOf(view: View): FieldWindow {
  if (view.from !== undefined && view.to !== undefined) return { kind: "fixed", from_ms: view.from, to_ms: view.to };
  return { kind: "sliding", length_ms: rangeOf(view).length_ms };
}

/** Names the window in a query's key: a sliding one stays the same while it slides. */
export function windowKey(window: FieldWindow): string {
  return window.kind === "fixed" ? `${window.from_ms}-${window.to_ms}` : `last ${window.length_ms}`;
}

/** Whether figures of the window follow what is pushed. */
export function isLive(window: FieldWindow): boolean {
  return window.kind === "sliding" && window.length_ms <= LIVE_MS_MAX;
}

/** How often figures of a window are asked again; never for a fixed one. */
export function refetchMs(window: FieldWindow): number | false {
  if (window.kind === "fixed") return false;
  if (isLive(window)) return 5000;
  return window.length_ms <= HOUR_MS ? 15_000 : 60_000;
}

const STEPS_MS = [
  1000, 2000, 5000, 10_000, 15_000, 30_000, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS,
  3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS,
];

/** A round step that cuts the window into about `columns`. */
export function stepFor(lengthMs: number, columns: number): number {
  return STEPS_MS.find((step) => step >= lengthMs / columns) ?? DAY_MS;
}

/** The window now, its start on a multiple of `stepMs`, so that asking again cuts the same steps. */
export function spanOf(window: FieldWindow, nowMs: number, stepMs = 1): { from: number; to: number } {
  if (window.kind === "fixed") return { from: Math.floor(window.from_ms), to: Math.ceil(window.to_ms) };
  const to = Math.floor(nowMs);
  return { from: Math.floor((to - window.length_ms) / stepMs) * stepMs, to };
}

export function lengthOf(window: FieldWindow): number {
  return window.kind === "fixed" ? window.to_ms - window.from_ms : window.length_ms;
}
