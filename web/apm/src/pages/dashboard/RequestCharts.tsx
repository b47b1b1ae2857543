import type { UseQueryResult } from "@tanstack/react-query";
import { TimeSeries, type Line } from "@naru/charts";
import { Panel } from "@naru/ui";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fillingFrom, type DashboardAnswer } from "../../data/dashboard";
import { Incomplete } from "../../parts/Incomplete";
import { useSeriesWords, type ValueKind } from "../../parts/useSeriesWords";
import type { PageView } from "../../view/useView";
import { NoUsers } from "./NoUsers";
import { pointsOf } from "./steps";
import { useApdexNote } from "./useApdexNote";
import { UsersOfDays } from "./UsersOfDays";
import { useShared } from "./useShared";
import styles from "./Dashboard.module.css";

interface Props {
  page: PageView;
  figures: UseQueryResult<DashboardAnswer>;
}

interface Drawn {
  label: string;
  colour: string;
  of: (figures: DashboardAnswer) => readonly (number | null)[];
  dash?: readonly number[];
  fill?: boolean;
}

const TPS: Omit<Drawn, "label"> = { colour: "var(--naru-accent)", of: (figures) => figures.tps, fill: true };
const ERRORS: Omit<Drawn, "label"> = { colour: "var(--naru-bad)", of: (figures) => figures.error_rate, fill: true };
const APDEX: Omit<Drawn, "label"> = { colour: "var(--naru-ok)", of: (figures) => figures.apdex, fill: true };
/** Nobody is told apart: zeros would say that nobody was there. */
const USERS: Omit<Drawn, "label"> = { colour: "var(--naru-external)", of: ({ users }) => (users.identity === null ? [] : (users.per_step ?? [])), fill: true };

export function TpsChart(props: Props) {
  const { t } = useTranslation("dashboard");
  return <StepChart {...props} title={t("tps")} kind="count" unit={t("perSecondShort")} drawn={[{ ...TPS, label: t("tps") }]} testId="chart-tps" />;
}

export function ErrorChart(props: Props) {
  const { t } = useTranslation("dashboard");
  return <StepChart {...props} title={t("errorRate")} kind="percent" drawn={[{ ...ERRORS, label: t("errorRate") }]} testId="chart-errors" />;
}

export function ResponseChart(props: Props) {
  const { t } = useTranslation("dashboard");
  const drawn: Drawn[] = [
    { label: t("charts.p50"), colour: "var(--naru-external)", of: ({ p50_ms }) => p50_ms },
    { label: t("charts.p95"), colour: "var(--naru-sql)", of: ({ p95_ms }) => p95_ms },
    { label: t("charts.p99"), colour: "var(--naru-warn)", of: ({ p99_ms }) => p99_ms, dash: [5, 3] },
    { label: t("charts.mean"), colour: "var(--naru-muted)", of: ({ mean_ms }) => mean_ms, dash: [2, 3] },
  ];
  return <StepChart {...props} title={t("response")} kind="duration" drawn={drawn} testId="chart-response" />;
}

export function ApdexChart(props: Props) {
  const { t } = useTranslation("dashboard");
  const apdex = props.figures.data?.totals.apdex;
  return <StepChart {...props} title={t("apdex")} note={useApdexNote(apdex)} kind="score" drawn={[{ ...APDEX, label: t("apdex") }]} testId="chart-apdex" />;
}

export function UsersChart(props: Props) {
  const { t } = useTranslation("dashboard");
  const users = props.figures.data?.users;
  const none = users && users.identity === null ? <NoUsers page={props.page} counted={users.per_step !== null} /> : undefined;
  return <StepChart {...props} title={t("users")} kind="count" drawn={[{ ...USERS, label: t("users") }]} none={none} beside={<UsersOfDays page={props.page} />} testId="chart-users" />;
}

interface StepProps extends Props {
  title: string;
  note?: string | undefined;
  kind: ValueKind;
  unit?: string;
  drawn: readonly Drawn[];
  none?: ReactNode;
  /** At the right of the title. */
  beside?: ReactNode;
  testId: string;
}

function StepChart({ page, figures, title, note, kind, unit, drawn, none, beside, testId }: StepProps) {
  const { t } = useTranslation("dashboard");
  const shared = useShared(page);
  const words = useSeriesWords(kind, unit);
  const { data } = figures;
  // What is drawn differs only by its words.
  const labels = drawn.map(({ label }) => label).join("|");
  const lines = useMemo<Line[]>(() => drawn.map(({ of, ...line }) => ({ ...line, points: data ? pointsOf(data, of(data)) : [] })), [data, labels]);
  return (
    <Panel className={styles.panel} title={title} note={note} actions={
        <>
          {beside}
          <Incomplete show={(data?.incomplete.length ?? 0) > 0} parts={data?.incomplete} />
        </>
      }
    >
      <TimeSeries
        {...shared}
        lines={lines}
        words={words}
        label={title}
        fillingFromMs={data ? fillingFrom(data) : null}
        none={none ?? t("noTransactions")}
        waiting={data ? undefined : figures.error ? "failed" : "loading"}
        testId={testId}
      />
    </Panel>
  );
}
