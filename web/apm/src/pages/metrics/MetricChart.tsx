import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { TimeSeries } from "@naru/charts";
import { BreakableName, Panel, ProblemAlert, useFormat } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { metricSeriesQuery, scopeOf } from "../../data/queries";
import { Incomplete } from "../../parts/Incomplete";
import { useScheme } from "../../parts/useScheme";
import { useSeriesWords } from "../../parts/useSeriesWords";
import { spanOf } from "../../view/ranges";
import { fixedRange, type PageView } from "../../view/useView";
import { kindOf, LINES_MAX, linesOf, scaleOf, unitText } from "./lines";
import { MetricControls } from "./MetricControls";
import styles from "./Metrics.module.css";

interface Props {
  page: PageView;
  name: string;
  /** Unknown while the list loads, or when it was not sent in this time. */
  metric: Apm.Metric | undefined;
}

/** One metric over time, aggregated and grouped as the URL says. */
export function MetricChart({ page, name, metric }: Props) {
  const { t } = useTranslation("metrics");
  const format = useFormat();
  const { aggregation: asked, group_by } = useSearch({ from: "/p/$project/metrics" });
  // Of a distribution its tail is what people look for; of the rest the server knows what is usual.
  const chosen = asked ?? (metric?.kind.includes("histogram") ? "p95" : undefined);
  const scope = scopeOf(page);
  const series = useQuery({ ...metricSeriesQuery(scope, { name, aggregation: chosen, group_by }), enabled: metric !== undefined || asked !== undefined });
  const unit = series.data?.unit ?? metric?.unit ?? null;
  const aggregation = chosen ?? series.data?.aggregation ?? "avg";
  const kind = kindOf(unit, aggregation);
  const factor = kind === "duration" ? scaleOf(unit) : 1;
  const lines = useMemo(() => linesOf(scaled(series.data?.series ?? [], factor), t("all")), [series.data, factor, t]);
  const { from, to } = spanOf(page.window, serverNow());
  const total = (series.data?.series.length ?? 0) + (series.data?.omitted_series ?? 0);
  return (
    <Panel
      title={<span className="naru-mono"><BreakableName name={name} /></span>}
      note={[metric?.kind, unit, series.data && t("step", { step: format.duration(series.data.step_ms) })].filter(Boolean).join(" · ")}
      actions={<Incomplete show={(series.data?.incomplete.length ?? 0) > 0} parts={series.data?.incomplete} />}
    >
      {metric?.description && <p className={styles.description}>{metric.description}</p>}
      <MetricControls aggregation={aggregation} groupBy={group_by} />
      <ProblemAlert error={series.error} onRetry={() => void series.refetch()} />
      <TimeSeries
        lines={lines}
        from_ms={from}
        to_ms={to}
        height={380}
        scheme={useScheme()}
        syncKey={page.project}
        words={useSeriesWords(kind, unitText(kind, unit, aggregation))}
        waiting={series.data ? undefined : series.error ? "failed" : series.isFetching ? "loading" : undefined}
        label={name}
        onRange={(a, b) => page.change(fixedRange(a, b))}
        testId="metric-chart"
      />
      {total > LINES_MAX && <p className={styles.description}>{t("cut", { count: LINES_MAX, total })}</p>}
      {metric && <p className={styles.description}>{t("sentBy", { applications: metric.applications.join(", ") })}</p>}
    </Panel>
  );
}

function scaled(series: Apm.MetricSeries["series"], factor: number): Apm.MetricSeries["series"] {
  if (factor === 1) return series;
  return series.map((one) => ({ ...one, points: one.points.map(([at, value]) => [at, value === null ? null : value * factor]) }));
}
