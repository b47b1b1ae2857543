import type { FieldWords } from "@naru/charts";
import { useFormat } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const MINUTE_MS = 60_000;

/** What the field says, in the reader's language. */
export function useFieldWords(): FieldWords {
  const { t } = useTranslation("transactions");
  const format = useFormat();
  return useMemo(
    () => ({
      label: t("field.label"),
      keys: t("field.keys"),
      duration: (ms) => format.duration(ms),
      time: (ms, style) => format.time(ms, style),
      over: (count) => t("field.overCount", { total: format.compact(count) }),
      span: (from, to) => {
        const style = to - from > 24 * 60 * MINUTE_MS ? "dateTime" : to - from >= 10 * MINUTE_MS ? "minute" : "time";
        return `${format.time(from, style)} – ${format.time(to, style)}`;
      },
      durations: (min, max) =>
        max === null ? t("field.over", { min: format.duration(min) }) : t("field.durations", { min: format.duration(min), max: format.duration(max) }),
      totals: (count, errors) => (errors > 0 ? t("field.totalsFailed", { count, errors }) : t("field.totals", { count })),
    }),
    [t, format],
  );
}
