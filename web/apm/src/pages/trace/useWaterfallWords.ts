import type { WaterfallWords } from "@naru/charts";
import { useFormat } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

export function useWaterfallWords(traceMs: number): WaterfallWords {
  const { t } = useTranslation("trace");
  const format = useFormat();
  return useMemo(
    () => ({
      label: t("table.label"),
      span: t("table.span"),
      start: t("table.start"),
      elapsed: t("table.elapsed"),
      self: t("table.self"),
      gap: t("table.gap"),
      scale: t("table.scale", { end: format.duration(traceMs) }),
      ms: format.ms,
      category: {
        http: t("category.http"),
        sql: t("category.sql"),
        connect: t("category.connect"),
        external: t("category.external"),
        messaging: t("category.messaging"),
        rpc: t("category.rpc"),
        internal: t("category.internal"),
        gap: t("category.gap"),
      },
      gapRow: (ms) => t("table.gapRow", { ms: format.duration(ms) }),
      group: (name, count) => t("table.group", { name, count }),
      orphan: t("table.orphan"),
      failed: t("table.failed"),
      toggle: t("table.toggle"),
    }),
    [t, format, traceMs],
  );
}
