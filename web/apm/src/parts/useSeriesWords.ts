import { useFormat, type Format } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { SeriesWords } from "@naru/charts";

export type ValueKind = "number" | "duration" | "percent" | "bytes" | "count" | "score";

/** Labels of charts in the reader's language. `unit` follows a legend's value, for kinds that don't name their own. */
export function useSeriesWords(kind: ValueKind, unit = ""): SeriesWords {
  const { t } = useTranslation("parts");
  const format = useFormat();
  return useMemo(
    () => ({
      value: (value) => valueText(format, kind, value),
      valueWithUnit: (value) => valueText(format, kind, value) + unit,
      latest: t("latest"),
      none: t("noValues"),
      failed: t("notLoaded"),
      filling: t("filling"),
      keys: t("chartKeys"),
      time: (ms, style) => timeText(format, ms, style),
      binary: kind === "bytes",
    }),
    [t, format, kind, unit],
  );
}

export function valueText(format: Format, kind: ValueKind, value: number): string {
  switch (kind) {
    case "duration":
      return format.duration(value);
    case "percent":
      return format.percent(value);
    case "bytes":
      return format.bytes(value);
    case "score":
      return value.toFixed(2);
    case "count":
      return value >= 10_000 ? format.compact(value) : format.number(value, value < 10 ? 1 : 0);
    case "number":
      return Math.abs(value) >= 10_000 ? format.compact(value) : format.number(value, Math.abs(value) < 1 ? 3 : Math.abs(value) < 100 ? 1 : 0);
  }
}

export function timeText(format: Format, ms: number, style: "time" | "minute" | "day"): string {
  return format.time(ms, style);
}
