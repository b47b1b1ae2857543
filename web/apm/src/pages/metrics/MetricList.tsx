import { TextInput } from "@mantine/core";
import type { Apm } from "@naru/api";
import { BreakableName, SkeletonRows } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { Icon } from "../../frame/Icon";
import styles from "./Metrics.module.css";

interface Props {
  metrics: Apm.Metric[] | undefined;
  loading: boolean;
  wanted: string;
  onWanted: (text: string) => void;
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

export function MetricList({ metrics, loading, wanted, onWanted, chosen, onChoose }: Props) {
  const { t } = useTranslation("metrics");
  return (
    <nav className={styles.side} aria-label={t("title")}>
      <TextInput size="sm" aria-label={t("find")} placeholder={t("find")} leftSection={<Icon name="search" />} value={wanted} onChange={(event) => onWanted(event.currentTarget.value)} data-testid="metric-query" />
      <div className={styles.count}>{metrics ? t("list", { count: metrics.length }) : ""}</div>
      <div className={styles.list} data-testid="metrics">
        {loading && <SkeletonRows rows={10} gap={14} />}
        {metrics?.length === 0 && wanted !== "" && <div className={styles.count}>{t("nothingFound")}</div>}
        {metrics?.map((metric) => (
          <button key={metric.name} type="button" className={styles.metric} aria-current={metric.name === chosen ? "true" : undefined} onClick={() => onChoose(metric.name)} title={metric.description ?? undefined}>
            <span className={styles.name}>
              <BreakableName name={metric.name} />
            </span>
            <span className={styles.unit}>{metric.unit}</span>
          </button>
        ))}
      </div>
    </nav>
  );
}
