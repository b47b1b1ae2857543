import { useTranslation } from "react-i18next";
import { ExceptionCard } from "./ExceptionCard";
import type { ThrownException } from "./facts";
import styles from "./Trace.module.css";

/** Every exception of the trace in order, under the span that threw it. */
export function ExceptionTab({ exceptions, onSelect }: { exceptions: ThrownException[]; onSelect: (spanId: string) => void }) {
  const { t } = useTranslation("trace");
  if (exceptions.length === 0) return <p className={styles.prose}>{t("exceptionTab.empty")}</p>;
  return (
    <div className={styles.list}>
      {exceptions.map(({ span, exception }, index) => (
        <div key={index}>
          <button type="button" className={styles.plain} onClick={() => onSelect(span.span_id)}>
            <span className={styles.quiet}>{span.application}</span> {span.name}
          </button>
          <ExceptionCard exception={exception} />
        </div>
      ))}
    </div>
  );
}
