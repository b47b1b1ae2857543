import type { Locale } from "../i18n/locale";

/** How much of a moment is said. */
export type TimeStyle = "time" | "timeMs" | "minute" | "date" | "day" | "dateTime";

const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  timeMs: { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { year: "numeric", month: "short", day: "numeric" },
  day: { month: "short", day: "numeric" },
  dateTime: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

const cache = new Map<string, Intl.DateTimeFormat>();

/** A moment in the reader's own time zone; `at` is unix ms or RFC 3339. */
export function formatTime(at: number | string, locale: Locale, style: TimeStyle = "time", timeZone?: string): string {
  const key = `${locale} ${style} ${timeZone ?? ""}`;
  let format = cache.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...STYLES[style], timeZone });
    cache.set(key, format);
  }
  return format.format(new Date(at));
}

const JUST_NOW_MS = 2000;
const JUST_NOW: Record<Locale, string> = { en: "just now", ko: "방금" };

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** `3 minutes ago` / `3분 전`; a moment in the future by a skewed clock reads as now. */
export function formatAgo(at: number | string, nowMs: number, locale: Locale): string {
  const distance = Math.max(0, nowMs - new Date(at).getTime());
  if (distance < JUST_NOW_MS) return JUST_NOW[locale];
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (distance >= size) return words.format(-Math.floor(distance / size), unit);
  }
  return words.format(0, "second");
}
