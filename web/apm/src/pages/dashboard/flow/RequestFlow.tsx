import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { TimeSeries, type Line } from "@naru/charts";
import { Panel, useFormat } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { fillingFrom, type DashboardAnswer } from "../../../data/dashboard";
import { Incomplete } from "../../../parts/Incomplete";
import { useSeriesWords, valueText, type ValueKind } from "../../../parts/useSeriesWords";
import type { PageView } from "../../../view/useView";
import { newestOf, pointsOf } from "../steps";
import { useShared } from "../useShared";
import { AGES, inFlightOf } from "./ages";
import dashboard from "../Dashboard.module.css";
import styles from "./RequestFlow.module.css";

interface Props {
  page: PageView;
  figures: UseQueryResult<DashboardAnswer>;
}

/** It could not be loaded, or no step is whole yet. */
const NONE = "–";

/** Requests in, in flight by age, out: whether work piles up, and how old it is. */
export function RequestFlow({ page, figures }: Props) {
  const { t } = useTranslation("dashboard");
  const shared = useShared(page);
  const words = useSeriesWords("number");
  const format = useFormat();
  const { data } = figures;
  function said(kind: ValueKind, of: (answer: DashboardAnswer) => readonly number[]): string | null {
    if (!data) return figures.error ? NONE : null;
    const value = newestOf(data, of(data));
    return value === null ? NONE : valueText(format, kind, value);
  }
  const title = t("flow.title");
  const lines = useMemo<Line[]>(
    () => AGES.map(({ age, ...look }, place) => ({ ...look, label: t(`flow.ages.${age}`), fill: place === 0, points: data ? pointsOf(data, data.in_flight[age]) : [] })),
    [data, t],
  );
  const none = data?.totals.transactions === 0 && inFlightOf(data).every((count) => count === 0);
  return (
    <Panel
      className={dashboard.panel}
      title={title}
      note={
        <span className={dashboard.source} title={t("flow.why")}>
          {t("flow.note")}
        </span>
      }
      actions={<Incomplete show={(data?.incomplete.length ?? 0) > 0} parts={data?.incomplete} />}
    >
      <div className={styles.flow}>
        <Gate name="in" perSecond={said("count", ({ tps }) => tps)} />
        <div className={styles.between}>
          <span className={styles.name}>
            {t("flow.inFlight")} <b>{said("number", inFlightOf)}</b>
          </span>
          <TimeSeries
            {...shared}
            lines={none ? [] : lines}
            stack
            words={words}
            label={t("flow.inFlight")}
            fillingFromMs={data ? fillingFrom(data) : null}
            none={t("noTransactions")}
            waiting={data ? undefined : figures.error ? "failed" : "loading"}
            testId="chart-flow"
          />
        </div>
        <Gate name="out" perSecond={said("count", ({ out }) => out)} />
      </div>
    </Panel>
  );
}

/** How many requests pass within a second; null = the first answer is under way. */
function Gate({ name, perSecond }: { name: "in" | "out"; perSecond: string | null }) {
  const { t } = useTranslation("dashboard");
  return (
    <div className={styles.gate} data-testid={`flow-${name}`}>
      <span className={styles.name}>
        {name === "out" && <i aria-hidden>→ </i>}
        {t(`flow.${name}`)}
        {name === "in" && <i aria-hidden> →</i>}
      </span>
      <span className="naru-big">
        {perSecond ?? <Skeleton height={24} width={84} my={4} radius={6} />}
        {perSecond !== null && <span className={dashboard.unit}>{t("perSecond")}</span>}
      </span>
      <span className={styles.name}>{t("flow.latest")}</span>
    </div>
  );
}
