import { useTranslation } from "react-i18next";
import type { Change, Graph } from "./graph";
import { CHANGE_SIGNS } from "./useMapWords";
import styles from "./Map.module.css";

const CHANGES = ["new", "gone", "slower", "faster"] as const satisfies readonly Change[];

/** What strokes and signs mean; compared, how many calls changed in which way. */
export function Legend({ graph, compared }: { graph: Graph; compared: boolean }) {
  const { t } = useTranslation("map");
  const count = (change: Change) => graph.edges.filter((edge) => edge.change === change).length;
  return (
    <ul className={styles.legend} aria-label={t("legend.label")}>
      <li>
        <svg width="26" height="10" aria-hidden>
          <path d="M0 3h26" stroke="var(--naru-faint)" strokeWidth="1.2" />
          <path d="M0 8h26" stroke="var(--naru-faint)" strokeWidth="3.5" />
        </svg>
        {t("legend.width")}
      </li>
      <li>{t("legend.figures")}</li>
      <li className={styles.failing}>✕ {t("legend.failing")}</li>
      <li className={styles.broken}>✕ {t("legend.broken")}</li>
      {compared &&
        CHANGES.map((change) => (
          <li key={change} className={styles[change]} data-testid={`changed-${change}`}>
            {CHANGE_SIGNS[change]} {t(`changes.${change}`)} <b>{count(change)}</b>
          </li>
        ))}
    </ul>
  );
}
