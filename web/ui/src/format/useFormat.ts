import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "../i18n/createI18n";
import type { Locale } from "../i18n/locale";
import { formatDuration, formatMs } from "./duration";
import { formatBytes, formatCompact, formatNumber, formatPercent } from "./number";
import { formatAgo, formatTime, type TimeStyle } from "./time";

/** All formatters bound to the language on screen. */
export interface Format {
  locale: Locale;
  number: (value: number, fraction?: number) => string;
  compact: (value: number) => string;
  percent: (share: number) => string;
  bytes: (bytes: number) => string;
  duration: (durationMs: number) => string;
  ms: (durationMs: number) => string;
  time: (at: number | string, style?: TimeStyle) => string;
  ago: (at: number | string, nowMs: number) => string;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  return useMemo(() => formatFor(locale), [locale]);
}

export function formatFor(locale: Locale): Format {
  return {
    locale,
    number: (value, fraction) => formatNumber(value, locale, fraction),
    compact: (value) => formatCompact(value, locale),
    percent: (share) => formatPercent(share, locale),
    bytes: (bytes) => formatBytes(bytes, locale),
    duration: (ms) => formatDuration(ms, locale),
    ms: (ms) => formatMs(ms, locale),
    time: (at, style) => formatTime(at, locale, style),
    ago: (at, now) => formatAgo(at, now, locale),
  };
}
