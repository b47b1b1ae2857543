import type { Apm } from "@naru/api";
import { useTranslation } from "react-i18next";
import { LogLine } from "../logs/LogLine";
import styles from "./Trace.module.css";

interface Props {
  logs: Apm.LogRecord[];
  project: string;
  onSelect: (spanId: string) => void;
}

/** Log records that carry this trace's id. */
export function LogTab({ logs, project, onSelect }: Props) {
  const { t } = useTranslation("trace");
  if (logs.length === 0) return <p className={styles.prose}>{t("logTab.empty")}</p>;
  return (
    <div className={styles.list}>
      {logs.map((log, index) => (
        <LogLine key={index} log={log} project={project} open={false} onToggle={() => log.span_id !== null && onSelect(log.span_id)} />
      ))}
    </div>
  );
}
