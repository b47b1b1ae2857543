import { useInViewport } from "@mantine/hooks";
import { TimeSeries } from "@naru/charts";
import type { Apm } from "@naru/api";
import { Panel } from "@naru/ui";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Incomplete } from "../../../parts/Incomplete";
import { useSeriesWords, type ValueKind } from "../../../parts/useSeriesWords";
import type { PageView } from "../../../view/useView";
import { dashboardText } from "../text";
import { useShared } from "../useShared";
import { Missing } from "./Missing";
import type { Named } from "./fold";
import { planOf } from "./plan";
import { poolLines, type Figure, type Pool } from "./pools";
import { shortNames } from "./shortNames";
import type { PanelSources } from "./sources";
import { drawn, LINES_MAX, useResource } from "./useResource";
import styles from "../Dashboard.module.css";

export interface ResourceProps {
  page: PageView;
  panel: PanelSources;
  /** Metrics that were sent in the window; undefined while that is not known. */
  sent: Apm.Metric[] | undefined;
  failed: boolean;
  /** Names of applications, the busiest first. */
  applications: readonly string[];
}

/** Lines from elsewhere, of those who don't send any of the panel's metrics. */
interface Beside {
  lines: readonly Named[];
  /** How many have none. */
  left: number;
  /** Where they are from. */
  note: string;
}

interface Props extends ResourceProps {
  beside?: Beside;
}

const KINDS: Record<PanelSources["unit"], ValueKind> = { count: "count", bytes: "bytes", share: "percent", perMinute: "number", msPerMinute: "duration" };

function isState(label: string): label is keyof typeof dashboardText.en.resources.states {
  return label in dashboardText.en.resources.states;
}

/** One resource over time, drawn from whatever metrics the agents send for it. */
export function ResourcePanel({ page, panel, sent, failed, applications, beside }: Props) {
  const { t } = useTranslation("dashboard");
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const shared = useShared(page);
  const words = useSeriesWords(beside ? "number" : KINDS[panel.unit], panel.unit === "perMinute" || panel.unit === "msPerMinute" ? t(`resources.${panel.unit}`) : "");
  const { application, instance } = page.view;
  const order = useRef(applications);
  // Who is busiest changes all the time; whom a panel shows must not. Only another set of applications changes it.
  if (order.current.length !== applications.length || order.current.some((name) => !applications.includes(name))) order.current = applications;
  const plan = useMemo(() => (sent ? planOf(panel, sent, { application, instance }, order.current) : null), [panel, sent, application, instance, order.current]);
  const resource = useResource(page, plan, inViewport, application ?? t("resources.unnamed"));
  const named = useMemo(() => (panel.byPart ? resource.lines.map((line) => ({ ...line, label: partWord(line.label) })) : [...resource.lines, ...(beside?.lines ?? [])]), [resource.lines, panel.byPart, beside?.lines, t]);
  const shortened = useMemo(() => (panel.byPart || application === undefined ? named : shortNames(named)), [named, panel.byPart, application]);
  const known = useMemo(() => (application === undefined ? [...applications].sort() : []), [application, applications.join(" ")]);
  const { pools, poolCount } = resource;
  // One pool needs no name: it is all there is.
  const lines = useMemo(
    () => (pools.length > 1 ? poolLines(pools, figureWord, poolName) : drawn(shortened, resource.limit, t("resources.limit"), known)),
    [pools, shortened, resource.limit, t, known, application],
  );
  function figureWord(figure: Figure): string {
    return figure === "limit" ? t("resources.limit") : t(`resources.states.${figure}`);
  }
  function poolName(pool: Pool): string {
    return [application === undefined ? pool.application : "", pool.name].filter(Boolean).join(" · ") || t("resources.unnamed");
  }
  function partWord(label: string): string {
    return isState(label) ? t(`resources.states.${label}`) : label;
  }
  const title = t(`resources.${panel.name}`);
  const left = pools.length > 1 ? poolCount - pools.length + (plan?.omitted ?? 0) : panel.byPart ? 0 : Math.max(0, named.length - LINES_MAX) + (plan?.omitted ?? 0) + (beside?.left ?? 0);
  const missing = plan !== null && plan.questions.length === 0;
  const metrics = plan?.sources.map(({ name }) => name) ?? [];
  const others = metrics.length > 1 ? ` +${metrics.length - 1}` : "";
  const note = metrics.length === 0 ? undefined : `${metrics[0]}${others}${beside ? ` · ${beside.note}` : ""}${left > 0 ? ` · ${t("resources.more", { count: left })}` : ""}`;
  if (panel.whereSent && (plan === null || missing)) return null;
  return (
    <div ref={ref} className={styles.cell} data-testid={`resource-${panel.name}`} data-missing={missing}>
      <Panel
        className={styles.panel}
        title={title}
        note={note && <span className={styles.source} title={metrics.join(", ")}>{note}</span>}
        actions={<Incomplete show={resource.incomplete.length > 0} parts={resource.incomplete} />}
      >
        {missing ? (
          <Missing page={page} panel={panel} />
        ) : (
          <TimeSeries {...shared} lines={lines} words={words} label={title} waiting={plan === null && failed ? "failed" : resource.waiting} testId={`chart-${panel.name}`} />
        )}
      </Panel>
    </div>
  );
}
