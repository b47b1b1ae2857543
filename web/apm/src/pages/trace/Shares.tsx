import type { Share } from "@naru/charts";
import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import styles from "./Shares.module.css";
import trace from "./Trace.module.css";

/** A bar and its figures: what the transaction waited for. They add up to its duration. */
export function Shares({ shares, total_ms }: { shares: readonly Share[]; total_ms: number }) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  if (total_ms <= 0) return null;
  return (
    <>
      <h3 className={trace.section}>
        {t("detail.where", { duration: format.duration(total_ms) })} <span className={trace.quiet}>{t("detail.whereNote")}</span>
      </h3>
      <div className={styles.bar} aria-hidden>
        {shares.map(({ category, duration_ms }) => (
          <span key={category} className={styles[category]} style={{ width: `${(duration_ms / total_ms) * 100}%` }} />
        ))}
      </div>
      <dl className={trace.pairs}>
        {shares.map(({ category, duration_ms }) => (
          <div key={category}>
            <dt>
              <i className={`${styles.key} ${styles[category]}`} aria-hidden />
              {t(`categoryLong.${category}`)}
            </dt>
            <dd>
              {format.duration(duration_ms)} <span className={trace.quiet}>{format.percent(duration_ms / total_ms)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
