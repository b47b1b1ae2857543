import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { metricsQuery, scopeOf } from "../../../data/queries";
import type { PageView } from "../../../view/useView";
import { ResourcePanel } from "./ResourcePanel";
import { PANELS } from "./sources";
import styles from "../Dashboard.module.css";

/** How often it is looked for metrics that began to come. */
const LOOK_MS = 30_000;

/** Panels of what agents measure in their processes. */
export function Resources({ page, applications }: { page: PageView; applications: readonly string[] }) {
  const { t } = useTranslation("dashboard");
  const metrics = useQuery({ ...metricsQuery(scopeOf(page), ""), refetchInterval: page.window.kind === "sliding" ? LOOK_MS : false });
  return (
    <section className={styles.section} aria-label={t("resources.title")}>
      <h2 className={styles.heading}>
        {t("resources.title")}
        <span className={styles.note}>{t("resources.note")}</span>
      </h2>
      <div className={styles.charts}>
        {PANELS.map((panel) => (
          <ResourcePanel key={panel.name} page={page} panel={panel} sent={metrics.data?.metrics} failed={metrics.error !== null} applications={applications} />
        ))}
      </div>
    </section>
  );
}
