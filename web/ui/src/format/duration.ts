import type { Locale } from "../i18n/locale";
import { formatNumber } from "./number";

const UNITS = {
  en: { us: " µs", ms: " ms", s: " s", min: " min", h: " h", d: " d" },
  ko: { us: " µs", ms: " ms", s: "초", min: "분", h: "시간", d: "일" },
} as const;

/** Anything shorter reads as less than this, never as none. */
const SHOWN_US_MIN = 0.1;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * A length of time for reading: `0.042` → `42 µs`, `412` → `412 ms`, `4812` → `4.81 s` / `4.81초`, `90000` → `1 min 30 s`.
 *
 * Three digits that matter, two units at most.
 */
export function formatDuration(durationMs: number, locale: Locale): string {
  const unit = UNITS[locale];
  const size = Math.abs(durationMs);
  if (size === 0) return `0${unit.ms}`;
  if (size < SHOWN_US_MIN / 1000) return `<${formatNumber(SHOWN_US_MIN, locale, 1)}${unit.us}`;
  // Rounding may reach the next unit: 999.6 ms is 1 s, 59,999 ms is 1 min.
  if (size < 0.9995) return formatNumber(durationMs * 1000, locale, size < 0.01 ? 1 : 0) + unit.us;
  if (size < 999.5) return formatNumber(durationMs, locale, digits(size)) + unit.ms;
  if (size < MINUTE_MS - 50) return formatNumber(durationMs / 1000, locale, digits(size / 1000)) + unit.s;
  if (size < HOUR_MS - 500) return pair(durationMs, MINUTE_MS, unit.min, 1000, unit.s, locale);
  if (size < DAY_MS - 30_000) return pair(durationMs, HOUR_MS, unit.h, MINUTE_MS, unit.min, locale);
  return pair(durationMs, DAY_MS, unit.d, HOUR_MS, unit.h, locale);
}

const CELL_MS_MIN = 0.1;

/**
 * A table's cell: always ms, grouped, so that a column can be compared at a glance. `4812.4` → `4,812`. Less than a tenth is `<0.1`,
 * so that "some" never reads as "none".
 */
export function formatMs(durationMs: number, locale: Locale): string {
  if (durationMs > 0 && durationMs < CELL_MS_MIN) return `<${formatNumber(CELL_MS_MIN, locale, 1)}`;
  return formatNumber(durationMs, locale, durationMs < 10 ? 1 : 0);
}

/** A stopwatch: `00:47`, `12:03`, `1:02:03`. */
export function formatStopwatch(elapsedMs: number): string {
  const total = Math.max(0, Math.floor(elapsedMs / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

function digits(value: number): number {
  return value < 10 ? 2 : value < 100 ? 1 : 0;
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string, locale: Locale): string {
  const total = Math.round(ms / small);
  const perBig = big / small;
  const whole = Math.trunc(total / perBig);
  const rest = Math.abs(total % perBig);
  const head = formatNumber(whole, locale) + bigUnit;
  return rest === 0 ? head : `${head} ${rest}${smallUnit}`;
}
