import { useQuery } from "@tanstack/react-query";
import type { Apm } from "@naru/api";
import { useFormat, useNow } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../data/clock";
import { seriesQuery, sentMetricsQuery, summaryQuery } from "../../data/queries";
import type { FieldFigures } from "../../live/fieldFigures";
import { lengthOf } from "../../view/ranges";
import type { PageView } from "../../view/useView";
import { METRICS_WITHIN_MS, quietOf, tellApart } from "./quiet";
import { Tile } from "./Tile";
import styles from "./Dashboard.module.css";

interface Props {
  page: PageView;
  figures: FieldFigures | null;
  applications: Apm.Applications | undefined;
  /** The field could not be loaded: nothing is on its way. */
  failed: boolean;
}

const DAY_MS = 86_400_000;
const USERS_OVER_MS = 300_000;

/** Figures of the whole window. TPS and errors are sums of the field's cells. */
export function Tiles({ page, figures, applications, failed }: Props) {
  const unknown = failed ? NONE : null;
  return (
    <div className={styles.tiles}>
      <TpsTile page={page} figures={figures} unknown={unknown} />
      <ResponseTile page={page} />
      <ErrorTile figures={figures} unknown={unknown} />
      <UsersTile page={page} />
      <ApplicationsTile project={page.project} applications={applications} live={page.window.kind === "sliding"} unknown={unknown} />
    </div>
  );
}

const NONE = "–";
const scopeOf = (page: PageView) => ({ project: page.project, window: page.window, application: page.view.application });

function TpsTile({ page, figures, unknown }: { page: PageView; figures: FieldFigures | null; unknown: string | null }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const tps = figures?.tps;
  return (
    <Tile
      title={t("tps")}
      note={t("tpsNote", { range: format.duration(lengthOf(page.window)) })}
      value={tps === undefined ? unknown : format.number(tps, tps < 100 ? (tps < 1 ? 2 : 1) : 0)}
      unit={tps === undefined ? undefined : t("perSecond")}
      line={figures ? t("count", { count: figures.totals.count }) : ""}
      points={figures?.tpsPoints}
      colour="var(--naru-accent)"
      testId="tile-tps"
    />
  );
}

function ResponseTile({ page }: { page: PageView }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const scope = scopeOf(page);
  const [p50, p95, p99] = [useQuery(summaryQuery(scope, "p50")), useQuery(summaryQuery(scope, "p95")), useQuery(summaryQuery(scope, "p99"))];
  const series = useQuery(seriesQuery(scope, "p95"));
  const said = (value: number | null | undefined) => (value == null ? NONE : format.duration(value));
  return (
    <Tile
      title={t("response")}
      note={lengthOf(page.window) > DAY_MS ? `${t("p95")} · ${t("lastDay")}` : t("p95")}
      value={p95.isPending && !p95.error ? null : said(p95.data)}
      line={p95.data != null && t("percentiles", { p50: said(p50.data), p99: said(p99.data) })}
      points={series.data?.points}
      colour="var(--naru-sql)"
      testId="tile-response"
    />
  );
}

function ErrorTile({ figures, unknown }: { figures: FieldFigures | null; unknown: string | null }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const totals = figures?.totals;
  return (
    <Tile
      title={t("errorRate")}
      value={!totals ? unknown : totals.count > 0 ? format.percent(totals.errors / totals.count) : NONE}
      line={totals ? `${totals.errors > 0 ? "✕ " : ""}${t("failed", { count: totals.errors })}` : ""}
      tone={totals && totals.errors > 0 ? "bad" : undefined}
      points={figures?.errorPoints}
      colour="var(--naru-bad)"
      testId="tile-errors"
    />
  );
}

function UsersTile({ page }: { page: PageView }) {
  const { t } = useTranslation("dashboard");
  const format = useFormat();
  const scope = scopeOf(page);
  const users = useQuery(summaryQuery(scope, "active_users", Math.min(USERS_OVER_MS, lengthOf(page.window))));
  const series = useQuery(seriesQuery(scope, "active_users"));
  const identity = series.data?.identity;
  const known = users.data != null && users.data > 0;
  return (
    <Tile
      title={t("users")}
      note={t("usersNote")}
      value={users.isPending && !users.error ? null : known ? format.number(users.data ?? 0) : NONE}
      line={known ? (identity ? t(`usersBy.${identity}`) : "") : users.isSuccess ? t("usersNone") : ""}
      points={known ? series.data?.points.slice(0, page.window.kind === "sliding" ? -1 : undefined) : undefined}
      colour="var(--naru-external)"
      testId="tile-users"
    />
  );
}

interface ApplicationsProps {
  project: string;
  applications: Apm.Applications | undefined;
  live: boolean;
  unknown: string | null;
}

function ApplicationsTile({ project, applications, live, unknown }: ApplicationsProps) {
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
      value={applications ? format.number(list.length) : unknown}
      unit={applications ? t("instances", { count: instances }) : undefined}
      line={!live || list.length === 0 ? "" : lines.join(" · ") || t("allReporting")}
      tone={silent > 0 ? "warn" : undefined}
      colour="var(--naru-ok)"
      testId="tile-applications"
    />
  );
}
