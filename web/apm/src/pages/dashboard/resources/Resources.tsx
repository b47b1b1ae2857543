import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { DashboardAnswer } from "../../../data/dashboard";
import { metricsQuery, scopeOf } from "../../../data/queries";
import type { PageView } from "../../../view/useView";
import { InFlightPanel } from "./InFlightPanel";
import { ResourcePanel } from "./ResourcePanel";
import { PANELS } from "./sources";
import styles from "../Dashboard.module.css";

/** How often it is looked for metrics that began to come. */
const LOOK_MS = 30_000;

/** Panels of what agents measure in their processes. */
export function Resources({ page, applications, figures }: { page: PageView; applications: readonly string[]; figures: UseQueryResult<DashboardAnswer> }) {
  const { t } = useTranslation("dashboard");
  const metrics = useQuery({ ...metricsQuery(scopeOf(page), ""), refetchInterval: page.window.kind === "sliding" ? LOOK_MS : false });
  return (
    <section className={styles.section} aria-label={t("resources.title")}>
      <h2 className={styles.heading}>
        {t("resources.title")}
        <span className={styles.note}>{t("resources.note")}</span>
      </h2>
      <div className={styles.charts}>
        {PANELS.map((panel) => {
          const props = { page, panel, sent: metrics.data?.metrics, failed: metrics.error !== null, applications };
          return panel.name === "inFlight" ? <InFlightPanel key={panel.name} {...props} figures={figures} /> : <ResourcePanel key={panel.name} {...props} />;
        })}
      </div>
    </section>
  );
}
