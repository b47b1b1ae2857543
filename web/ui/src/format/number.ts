import type { Locale } from "../i18n/locale";

const cache = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let format = cache.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    cache.set(key, format);
  }
  return format;
}

/** `1234567.8` → `1,234,568`; small numbers keep up to `fraction` digits. */
export function formatNumber(value: number, locale: Locale, fraction = 0): string {
  return numberFormat(locale, { maximumFractionDigits: fraction }).format(value);
}

/** `31204` → `31.2K` / `3.1만`, for places without room. */
export function formatCompact(value: number, locale: Locale): string {
  return numberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** `0.0038` → `0.38%`. Less than a hundredth of a percent is `<0.01%`, so that "some" never reads as "none". */
export function formatPercent(share: number, locale: Locale): string {
  const percent = Math.abs(share * 100);
  if (percent > 0 && percent < 0.01) return `<${formatPercent(0.0001, locale)}`;
  const maximumFractionDigits = percent === 0 || percent >= 10 ? 1 : 2;
  return numberFormat(locale, { style: "percent", maximumFractionDigits }).format(share);
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `1536` → `1.5 KiB`. */
export function formatBytes(bytes: number, locale: Locale): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const text = formatNumber(value, locale, unit === 0 || value >= 100 ? 0 : 1);
  return `${text} ${BYTE_UNITS[unit] ?? "B"}`;
}
