import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { TimeSeries, type Line } from "@naru/charts";
import { Panel } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { besideQuery, fillingFrom, type DashboardAnswer } from "../../../data/dashboard";
import { scopeOf } from "../../../data/queries";
import { Incomplete } from "../../../parts/Incomplete";
import { useSeriesWords } from "../../../parts/useSeriesWords";
import { inFlightOf } from "../flow/ages";
import { pointsOf, wholePointsOf } from "../steps";
import { useShared } from "../useShared";
import type { Named } from "./fold";
import { measuredBy } from "./inFlight";
import { ResourcePanel, type ResourceProps } from "./ResourcePanel";
import styles from "../Dashboard.module.css";

interface Props extends ResourceProps {
  /** The page's own figures. */
  figures: UseQueryResult<DashboardAnswer>;
}

/**
 * Requests in flight: as agents count them, and of whom none does by how long requests took. Which of both a line is, is said; both
 * are never one line.
 */
export function InFlightPanel({ figures, ...props }: Props) {
  const { t } = useTranslation("dashboard");
  const { page, panel, sent, applications } = props;
  const measured = useMemo(() => (sent ? measuredBy(panel, sent, page.view.application, applications) : null), [panel, sent, page.view.application, applications]);
  const without = measured?.without ?? [];
  const beside = useQueries({ queries: without.map((application) => besideQuery({ ...scopeOf(page), application })), combine: answersOf });
  const lines = useMemo(
    () =>
      without.flatMap((application, index): Named[] => {
        const answer = beside[index];
        return answer ? [{ label: `${application} · ${t("resources.average")}`, of: application, points: wholePointsOf(answer, inFlightOf(answer)) }] : [];
      }),
    [without.join("\n"), beside, t],
  );
  if (measured?.any === false && figures.data?.totals.transactions !== 0) return <AveragePanel page={page} figures={figures} />;
  return <ResourcePanel {...props} {...(without.length > 0 ? { beside: { lines, left: measured?.left ?? 0, note: t("resources.averageElse") } } : {})} />;
}

function answersOf(results: UseQueryResult<DashboardAnswer>[]) {
  return results.map(({ data }) => data);
}

/** Where nobody counts them: what Request Flow shows by age, as one line. */
function AveragePanel({ page, figures }: Pick<Props, "page" | "figures">) {
  const { t } = useTranslation("dashboard");
  const shared = useShared(page);
  const words = useSeriesWords("number");
  const { data } = figures;
  const title = t("resources.inFlight");
  const lines = useMemo<Line[]>(() => [{ label: title, colour: "var(--naru-accent)", fill: true, points: data ? pointsOf(data, inFlightOf(data)) : [] }], [data, title]);
  return (
    <div className={styles.cell} data-testid="resource-inFlight" data-missing={false}>
      <Panel
        className={styles.panel}
        title={title}
        note={
          <span className={styles.source} title={t("resources.averageWhy")}>
            {t("resources.averageOf")}
          </span>
        }
        actions={<Incomplete show={(data?.incomplete.length ?? 0) > 0} parts={data?.incomplete} />}
      >
        <TimeSeries
          {...shared}
          lines={lines}
          words={words}
          label={title}
          fillingFromMs={data ? fillingFrom(data) : null}
          waiting={data ? undefined : figures.error ? "failed" : "loading"}
          testId="chart-inFlight"
        />
      </Panel>
    </div>
  );
}
