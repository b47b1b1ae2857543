import { Link } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { cameFrom } from "../../view/back";
import { plainText } from "./plainText";
import { severityOf } from "./search";
import styles from "./Logs.module.css";

interface Props {
  log: Apm.LogRecord;
  project: string;
  open: boolean;
  onToggle: () => void;
}

/** One record: a line that opens to all it carries. */
export function LogLine({ log, project, open, onToggle }: Props) {
  const { t } = useTranslation("logs");
  const format = useFormat();
  const severity = severityOf(log.severity_number);
  return (
    <div className={open ? `${styles.record} ${styles.open}` : styles.record} data-testid="log-row">
      <div className={styles.line}>
        <button type="button" className={styles.opener} aria-expanded={open} aria-label={t("toggle")} onClick={onToggle}>
          <time className={styles.time}>{format.time(log.time_ms, "timeMs")}</time>
          <span className={`${styles.severity} ${styles[severity]}`}>{log.severity_text ?? severity.toUpperCase()}</span>
          <span className={styles.application}>{log.application}</span>
          <span className={styles.body}>{plainText(log.body)}</span>
        </button>
        {log.trace_id !== null && (
          <Link
            to="/p/$project/traces/$traceId"
            params={{ project, traceId: log.trace_id }}
            search={{ at_ms: Math.floor(log.time_ms), ...(log.span_id === null ? {} : { span: log.span_id }) }}
            state={cameFrom("logs")}
            className={`naru-mono ${styles.trace}`}
            aria-label={`${t("openTrace")} ${log.trace_id}`}
          >
            {log.trace_id.slice(0, 8)}
          </Link>
        )}
      </div>
      {open && <LogDetail log={log} />}
    </div>
  );
}

function LogDetail({ log }: { log: Apm.LogRecord }) {
  const { t } = useTranslation("logs");
  return (
    <div className={styles.detail}>
      <pre className={styles.full}>{plainText(log.body)}</pre>
      <Pairs title={t("attributes")} attributes={log.attributes} />
      <Pairs title={t("resource")} attributes={log.resource} />
    </div>
  );
}

function Pairs({ title, attributes }: { title: string; attributes: Apm.Attributes }) {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return null;
  return (
    <div>
      <h3 className={styles.pairsTitle}>{title}</h3>
      <dl className={styles.pairs}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === "string" ? plainText(value) : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
