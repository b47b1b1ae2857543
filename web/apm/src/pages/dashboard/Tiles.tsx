import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Apm } from "@naru/api";
import { useFormat, useNow } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import type { DashboardAnswer } from "../../data/dashboard";
import { sentMetricsQuery } from "../../data/queries";
import { lengthOf } from "../../view/ranges";
import type { PageView } from "../../view/useView";
import { METRICS_WITHIN_MS, quietOf, tellApart } from "./quiet";
import { wholePointsOf } from "./steps";
import { Tile } from "./Tile";
import { useApdexNote } from "./useApdexNote";
import styles from "./Dashboard.module.css";

type Steps = UseQueryResult<DashboardAnswer>;

interface StepsProps {
  page: PageView;
  steps: Steps;
}

interface Props {
  page: PageView;
  steps: Steps;
  applications: Pick<UseQueryResult<Apm.Applications>, "data" | "error">;
}

/** Figures of the whole window, all from one answer: the one that the charts below are drawn from. */
export function Tiles({ page, steps, applications }: Props) {
  return (
    <div className={styles.tiles}>
      <TpsTile page={page} steps={steps} />
      <ApdexTile steps={steps} />
      <ResponseTile steps={steps} />
      <ErrorTile steps={steps} />
      <UsersTile page={page} steps={steps} />
      <ApplicationsTile project={page.project} applications={applications} live={page.window.kind === "sliding"} />
    </div>
  );
}

const NONE = "–";
const missing = ({ error }: { error: unknown }) => (error ? NONE : null);

function TpsTile({ page, steps }: StepsProps) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const tps = steps.data?.totals.tps;
  return (
    <Tile
      title={t("tps")}
      note={t("tpsNote", { range: format.duration(lengthOf(page.window)) })}
      value={tps === undefined ? missing(steps) : format.number(tps, tps < 100 ? (tps < 1 ? 2 : 1) : 0)}
      unit={tps === undefined ? undefined : t("perSecond")}
      line={steps.data ? t("count", { count: steps.data.totals.transactions }) : ""}
      points={steps.data && wholePointsOf(steps.data, steps.data.tps)}
      colour="var(--naru-accent)"
      testId="tile-tps"
    />
  );
}

function ApdexTile({ steps }: Pick<StepsProps, "steps">) {
  const { t } = useTranslation("dashboard");
  const apdex = steps.data?.totals.apdex;
  const score = (value: number) => value.toFixed(2);
  return (
    <Tile
      title={t("apdex")}
      note={useApdexNote(apdex)}
      value={steps.data ? (apdex ? score(apdex.score) : NONE) : missing(steps)}
      line={apdex ? t(`apdexGrade.${gradeOf(apdex.score)}`) : ""}
      tone={apdex && apdex.score < 0.7 ? "bad" : apdex && apdex.score < 0.85 ? "warn" : undefined}
      points={steps.data && wholePointsOf(steps.data, steps.data.apdex)}
      colour="var(--naru-ok)"
      testId="tile-apdex"
    />
  );
}

/** Grades as APDEX itself names them. */
function gradeOf(score: number): "excellent" | "good" | "fair" | "poor" | "unacceptable" {
  if (score >= 0.94) return "excellent";
  if (score >= 0.85) return "good";
  if (score >= 0.7) return "fair";
  return score >= 0.5 ? "poor" : "unacceptable";
}

function ResponseTile({ steps }: Pick<StepsProps, "steps">) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const totals = steps.data?.totals;
  const said = (value: number | null | undefined) => (value == null ? NONE : format.duration(value));
  return (
    <Tile
      title={t("response")}
      note={t("p95")}
      value={totals ? said(totals.p95_ms) : missing(steps)}
      line={totals && totals.p50_ms !== null && totals.p99_ms !== null && t("percentiles", { p50: format.ms(totals.p50_ms), p99: format.ms(totals.p99_ms) })}
      points={steps.data && wholePointsOf(steps.data, steps.data.p95_ms)}
      colour="var(--naru-sql)"
      testId="tile-response"
    />
  );
}

function ErrorTile({ steps }: Pick<StepsProps, "steps">) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const totals = steps.data?.totals;
  return (
    <Tile
      title={t("errorRate")}
      value={!totals ? missing(steps) : totals.transactions > 0 ? format.percent(totals.error_rate) : NONE}
      line={totals ? `${totals.errors > 0 ? "✕ " : ""}${t("failed", { count: totals.errors })}` : ""}
      tone={totals && totals.errors > 0 ? "bad" : undefined}
      points={steps.data && wholePointsOf(steps.data, steps.data.error_rate)}
      colour="var(--naru-bad)"
      testId="tile-errors"
    />
  );
}

function UsersTile({ page, steps }: StepsProps) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const users = steps.data?.users;
  const identity = users?.identity ?? null;
  const line = !users ? "" : identity !== null ? t(`${users.mixed ? "usersMostlyBy" : "usersBy"}.${identity}`) : t(users.total === null ? "usersNotOfInstance" : "usersNone");
  return (
    <Tile
      title={t("users")}
      note={t("usersNote", { range: format.duration(lengthOf(page.window)) })}
      value={users ? (identity !== null && users.total !== null ? format.number(users.total) : NONE) : missing(steps)}
      line={line}
      points={steps.data && identity !== null && users?.per_step ? wholePointsOf(steps.data, users.per_step) : undefined}
      colour="var(--naru-external)"
      testId="tile-users"
    />
  );
}

interface ApplicationsProps {
  project: string;
  applications: Props["applications"];
  live: boolean;
}

function ApplicationsTile({ project, applications: { data: applications, error }, live }: ApplicationsProps) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  // A quiet minute begins between two answers, too.
  useNow(live ? 1000 : 0);
  const list = applications?.applications ?? [];
  const instances = list.reduce((sum, { instances: count }) => sum + count, 0);
  const quiet = live ? quietOf(list, serverNow()) : [];
  const metrics = useQuery({ ...sentMetricsQuery(project, METRICS_WITHIN_MS), enabled: quiet.length > 0 });
  const { idle, silent } = tellApart(quiet, metrics.data);
  const lines = [...(silent > 0 ? [`△ ${t("silent", { count: silent })}`] : []), ...(idle > 0 ? [t("idle", { count: idle })] : [])];
  return (
    <Tile
      title={t("applications")}
      value={applications ? format.number(list.length) : missing({ error })}
      unit={applications ? t("instances", { count: instances }) : undefined}
      line={!live || list.length === 0 ? "" : lines.join(" · ") || t("allReporting")}
      tone={silent > 0 ? "warn" : undefined}
      colour="var(--naru-ok)"
      testId="tile-applications"
    />
  );
}
