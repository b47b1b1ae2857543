import { Link } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { useFormat } from "@naru/ui";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { cameFrom } from "../../view/back";
import { plainText } from "../logs/plainText";
import type { Span } from "./answer";
import styles from "./Trace.module.css";

/** What happened during a span: events, its log records, and the traces it points at. */
export function SpanEvents({ span, trace }: { span: Span; trace: Apm.Trace }) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  const { project } = useParams({ from: "/p/$project/traces/$traceId" });
  const events = span.events.filter(({ name }) => name !== "exception");
  const logs = trace.logs.filter(({ span_id }) => span_id === span.span_id);
  return (
    <>
      {events.length > 0 && <h3 className={styles.section}>{t("detail.events")}</h3>}
      {events.map((event, index) => (
        <div key={index} className={styles.event}>
          <time>{format.time(event.time_ms, "timeMs")}</time> <b>{event.name}</b>{" "}
          <span className={styles.quiet}>{Object.entries(event.attributes).map(([name, value]) => `${name}=${String(value)}`).join(" ")}</span>
        </div>
      ))}
      {logs.length > 0 && <h3 className={styles.section}>{t("detail.logs")}</h3>}
      {logs.map((log, index) => (
        <div key={index} className={styles.event}>
          <time>{format.time(log.time_ms, "timeMs")}</time> <b>{log.severity_text}</b> {plainText(log.body)}
        </div>
      ))}
      {span.links.length > 0 && <h3 className={styles.section}>{t("detail.links")}</h3>}
      {span.links.map((link) => (
        <div key={link.trace_id + link.span_id} className={styles.event}>
          <Link to="/p/$project/traces/$traceId" params={{ project, traceId: link.trace_id }} search={{ span: link.span_id }} state={cameFrom("trace")} className="naru-mono">
            {link.trace_id}
          </Link>
        </div>
      ))}
    </>
  );
}
