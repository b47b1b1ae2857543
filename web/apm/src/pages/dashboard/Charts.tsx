import { useQuery } from "@tanstack/react-query";
import { TimeSeries, type Line, type SeriesPoint } from "@naru/charts";
import { Panel } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { seriesQuery } from "../../data/queries";
import type { FieldFigures } from "../../live/fieldFigures";
import type { Field } from "../../live/useField";
import { Incomplete } from "../../parts/Incomplete";
import { useScheme } from "../../parts/useScheme";
import { useSeriesWords } from "../../parts/useSeriesWords";
import { spanOf } from "../../view/ranges";
import { fixedRange, type PageView } from "../../view/useView";
import styles from "./Dashboard.module.css";

const HEIGHT = 126;

/** TPS, response time and failures over the window, on one cursor with the field. */
export function Charts({ page, field, figures }: { page: PageView; field: Field; figures: FieldFigures | null }) {
  const { t } = useTranslation("dashboard");
  const scheme = useScheme();
  const scope = { project: page.project, window: page.window, application: page.view.application };
  const [p50, p95, p99] = [useQuery(seriesQuery(scope, "p50")), useQuery(seriesQuery(scope, "p95")), useQuery(seriesQuery(scope, "p99"))];
  const words = { count: useSeriesWords("count", t("perSecondShort")), duration: useSeriesWords("duration"), percent: useSeriesWords("percent") };
  const { from, to } = spanOf(page.window, serverNow());
  const shared = { from_ms: from, to_ms: to, height: HEIGHT, scheme, syncKey: page.project, onRange: (a: number, b: number) => page.change(fixedRange(a, b)) };
  const waiting = figures ? undefined : field.status.kind === "failed" ? "failed" : "loading";
  const tps = useLine(t("tps"), "var(--naru-accent)", figures?.tpsPoints, true);
  const failed = useLine(t("errorRate"), "var(--naru-bad)", figures?.errorPoints, true);
  const response = useMemo<Line[]>(
    () => [
      { label: t("charts.p50"), colour: "var(--naru-external)", points: p50.data?.points ?? [] },
      { label: t("charts.p95"), colour: "var(--naru-sql)", points: p95.data?.points ?? [] },
      { label: t("charts.p99"), colour: "var(--naru-warn)", points: p99.data?.points ?? [], dash: [5, 3] },
    ],
    [t, p50.data, p95.data, p99.data],
  );
  const incomplete = [p50, p95, p99].flatMap(({ data }) => data?.incomplete ?? []);
  return (
    <div className={styles.charts}>
      <Panel className={styles.panel} title={t("charts.tps")}>
        <TimeSeries {...shared} lines={tps} words={words.count} label={t("charts.tps")} waiting={waiting} testId="chart-tps" />
      </Panel>
      <Panel className={styles.panel} title={t("charts.response")} actions={<Incomplete show={incomplete.length > 0} parts={incomplete} />}>
        <TimeSeries {...shared} lines={response} words={words.duration} label={t("charts.response")} waiting={p95.data ? undefined : p95.error ? "failed" : "loading"} testId="chart-response" />
      </Panel>
      <Panel className={styles.panel} title={t("errorRate")}>
        <TimeSeries {...shared} lines={failed} words={words.percent} label={t("errorRate")} waiting={waiting} testId="chart-errors" />
      </Panel>
    </div>
  );
}

function useLine(label: string, colour: string, points: readonly SeriesPoint[] | undefined, fill: boolean): Line[] {
  return useMemo(() => [{ label, colour, points: points ?? [], fill }], [label, colour, points, fill]);
}
