import type { Apm } from "@naru/api";
import { useTranslation } from "react-i18next";
import styles from "./Trace.module.css";

/** An exception: type, message, stack as it was sent. */
export function ExceptionCard({ exception }: { exception: Apm.Span["exceptions"][number] }) {
  const { t } = useTranslation("trace");
  return (
    <div className={styles.exception} data-testid="exception">
      <div className={styles.failedText}>✕ {exception.type ?? t("detail.exceptions")}</div>
      {exception.message && <div className={styles.message}>{exception.message}</div>}
      {exception.stacktrace ? (
        <pre className={styles.stack} tabIndex={0}>
          {exception.stacktrace}
        </pre>
      ) : (
        <div className={styles.quiet}>{t("detail.noStack")}</div>
      )}
    </div>
  );
}
