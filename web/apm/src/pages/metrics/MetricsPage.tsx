import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EmptyState, ProblemAlert } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { metricsQuery, scopeOf } from "../../data/queries";
import { Incomplete } from "../../parts/Incomplete";
import { useView } from "../../view/useView";
import { usePageTitle } from "../../view/usePageTitle";
import { MetricChart } from "./MetricChart";
import { MetricList } from "./MetricList";
import styles from "./Metrics.module.css";

/** Any metric that was sent, charted. */
export function MetricsPage() {
  const { t } = useTranslation("metrics");
  const page = useView();
  const { metric } = useSearch({ from: "/p/$project/metrics" });
  usePageTitle(metric ?? t("title"));
  const navigate = useNavigate({ from: "/p/$project/metrics" });
  const [wanted, setWanted] = useState("");
  const scope = scopeOf(page);
  const metrics = useQuery(metricsQuery(scope, wanted.trim()));
  const list = metrics.data?.metrics;
  const chosen = list?.find(({ name }) => name === metric);
  return (
    <div className={styles.page}>
      <MetricList
        metrics={list}
        loading={metrics.isPending && !metrics.error}
        wanted={wanted}
        onWanted={setWanted}
        chosen={metric}
        onChoose={(name) => void navigate({ search: (before) => ({ ...before, metric: name, aggregation: undefined, group_by: undefined }) })}
      />
      <section className={styles.main}>
        <Incomplete show={(metrics.data?.incomplete.length ?? 0) > 0} parts={metrics.data?.incomplete} />
        <ProblemAlert error={metrics.error} onRetry={() => void metrics.refetch()} />
        {list?.length === 0 && wanted === "" && <EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>}
        {metric !== undefined ? (
          <MetricChart page={page} name={metric} metric={chosen} />
        ) : (
          list && list.length > 0 && <EmptyState title={t("choose")}>{t("chooseBody")}</EmptyState>
        )}
      </section>
    </div>
  );
}
