import { useTranslation } from "react-i18next";
import { ExceptionCard } from "./ExceptionCard";
import type { ThrownException } from "./exceptions";
import type { Span } from "./answer";
import styles from "./Trace.module.css";

/** Every exception of the trace once, in order, under the span that threw it; then the callers it went up through. */
export function ExceptionTab({ exceptions, onSelect }: { exceptions: ThrownException[]; onSelect: (spanId: string) => void }) {
  const { t } = useTranslation("trace");
  if (exceptions.length === 0) return <p className={styles.prose}>{t("exceptionTab.empty")}</p>;
  return (
    <div className={styles.list}>
      {exceptions.map(({ span, exception, passed }, index) => (
        <div key={index}>
          <SpanButton span={span} onSelect={onSelect} />
          <ExceptionCard exception={exception} />
          {passed.length > 0 && (
            <div className={styles.passed} data-testid="exception-passed">
              <span className={styles.quiet}>{t("exceptionTab.passed")}</span>
              {passed.map((caller) => (
                <span key={caller.span_id}>
                  <span aria-hidden>↑ </span>
                  <SpanButton span={caller} onSelect={onSelect} />
                </span>
              ))}
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

function SpanButton({ span, onSelect }: { span: Span; onSelect: (spanId: string) => void }) {
  return (
    <button type="button" className={styles.plain} onClick={() => onSelect(span.span_id)}>
      <span className={styles.quiet}>{span.application}</span> {span.name}
    </button>
  );
}
