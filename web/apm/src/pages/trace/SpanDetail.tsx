import type { Apm } from "@naru/api";
import { useFormat } from "@naru/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AttributeList } from "./AttributeList";
import { ExceptionCard } from "./ExceptionCard";
import { Facts, type FactRow } from "./Facts";
import { repeatedStatement } from "./facts";
import { SpanEvents } from "./SpanEvents";
import { SqlPanel } from "./SqlPanel";
import type { Span } from "./answer";
import styles from "./Trace.module.css";

/** One span: SQL, HTTP and exceptions first, then its figures, then everything it carries. */
export function SpanDetail({ span, trace, shares }: { span: Span; trace: Apm.Trace; shares: ReactNode }) {
  const { t } = useTranslation("trace");
  const repeated = repeatedStatement(span, trace.spans);
  const root = span.parent_span_id === null;
  return (
    <>
      {repeated !== null && <p className={styles.suspicion}>△ {t("detail.repeated", { count: repeated })}</p>}
      <h2 className={styles.detailTitle}>{span.name}</h2>
      {span.db?.statement && <SqlPanel statement={span.db.statement} attributes={span.attributes} />}
      {span.db && <Facts facts={databaseFacts(span, t("detail.database"))} />}
      {span.exceptions.map((exception) => (
        <ExceptionCard key={`${exception.time_ms} ${exception.type}`} exception={exception} />
      ))}
      {span.status_message && span.exceptions.length === 0 && <p className={styles.failedText}>✕ {span.status_message}</p>}
      {root && shares}
      {span.http && <HttpFacts http={span.http} />}
      <SpanFacts span={span} />
      {!root && shares}
      <SpanEvents span={span} trace={trace} />
      <AttributeList title={t("detail.attributes", { count: Object.keys(span.attributes).length })} attributes={span.attributes} open searchable={root || span.kind === "server" || span.kind === "consumer"} />
      <AttributeList title={t("detail.resource", { count: Object.keys(span.resource).length })} attributes={span.resource} searchable />
    </>
  );
}

function databaseFacts(span: Span, label: string): FactRow[] {
  const { system, namespace } = span.db ?? { system: null, namespace: null };
  const server = [span.attributes["server.address"] ?? span.attributes["net.peer.name"], span.attributes["server.port"] ?? span.attributes["net.peer.port"]].filter((part) => part != null).join(":");
  const place = [namespace, server].filter((part) => part !== null && part !== "").join("@");
  return [[label, [system, place].filter((part) => part !== null && part !== "").join(" · ")]];
}

function HttpFacts({ http }: { http: NonNullable<Span["http"]> }) {
  const { t } = useTranslation("trace");
  return (
    <Facts
      title={t("detail.http")}
      facts={[
        [t("detail.request"), [http.method, http.url].filter((part) => part !== null).join(" ")],
        [t("detail.route"), http.route],
        [t("detail.answer"), http.status_code === null ? null : String(http.status_code)],
      ]}
    />
  );
}

function SpanFacts({ span }: { span: Span }) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  return (
    <Facts
      title={t("detail.span")}
      facts={[
        [t("detail.application"), span.application],
        [t("detail.instance"), span.instance],
        [t("detail.started"), `${format.time(span.start_ms, "timeMs")} (+${format.duration(span.start_offset_ms)})`],
        [t("detail.elapsed"), format.duration(span.duration_ms)],
        [t("detail.self"), format.duration(span.self_ms)],
        [t("detail.kind"), span.kind],
        [t("detail.scope"), span.scope_name],
      ]}
    />
  );
}
