/** The stretch of time on screen: the last `length_ms` before now, or a fixed one. */
export type FieldWindow = { kind: "sliding"; length_ms: number } | { kind: "fixed"; from_ms: number; to_ms: number };

/** The service cuts no finer and no coarser. */
const STEP_MS_MIN = 100;
const STEP_MS_MAX = 86_400_000;

export function windowLength(window: FieldWindow): number {
  return window.kind === "sliding" ? window.length_ms : window.to_ms - window.from_ms;
}

export function windowAt(window: FieldWindow, nowMs: number): { from_ms: number; to_ms: number } {
  return window.kind === "sliding"
    ? { from_ms: nowMs - window.length_ms, to_ms: nowMs }
    : { from_ms: window.from_ms, to_ms: window.to_ms };
}

/** What the service has added up beforehand: columns of whole ones cost it next to nothing. */
const BUCKETS_MS = [10_000, 60_000, 3_600_000];

/** The width of one of about `columns` columns: whole ms, and from 5 s up whole buckets. */
export function stepOf(lengthMs: number, columns: number): number {
  const step = Math.ceil(lengthMs / Math.max(1, columns));
  const bucket = bucketOf(2 * step);
  const whole = bucket === undefined ? step : Math.ceil(step / bucket) * bucket;
  return Math.min(STEP_MS_MAX, Math.max(STEP_MS_MIN, whole));
}

/** Where the first column begins: those of whole buckets stand on multiples of their bucket. */
export function originOf(fromMs: number, stepMs: number): number {
  const bucket = bucketOf(stepMs) ?? 1;
  return stepMs % bucket === 0 ? Math.floor(fromMs / bucket) * bucket : fromMs;
}

function bucketOf(stepMs: number): number | undefined {
  return BUCKETS_MS.findLast((bucket) => bucket <= stepMs);
}

/** How often a sliding window asks its history again: counts are mended, and a lost push shows up late at most this long. */
export function refreshMs(lengthMs: number): number {
  if (lengthMs <= 5 * 60_000) return 10_000;
  if (lengthMs <= 15 * 60_000) return 15_000;
  if (lengthMs <= 60 * 60_000) return 30_000;
  return 60_000;
}
