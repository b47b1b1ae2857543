import type { Apm } from "@naru/api";
import { CopyButton, useFormat, zoneShort } from "@naru/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { TextLink } from "../../link/links";
import { Incomplete } from "../../parts/Incomplete";
import { StatusMark } from "../../parts/StatusMark";
import { TestTag } from "../../parts/TestTag";
import { isTestSpan } from "../../parts/testTrace";
import { useBack } from "../../view/back";
import { viewOf } from "../../view/search";
import { rootOf, userOf, type StatementUse } from "./facts";
import styles from "./Trace.module.css";

interface Props {
  trace: Apm.Trace;
  project: string;
  sql: StatementUse[];
}

/** What was called, how it ended, and the figures one asks for first. */
export function TraceHead({ trace, project, sql }: Props) {
  const { t } = useTranslation("trace");
  const format = useFormat();
  const back = useBack();
  const root = rootOf(trace);
  const sqlMs = sql.reduce((sum, { total_ms }) => sum + total_ms, 0);
  const sqlCount = sql.reduce((sum, { spans }) => sum + spans.length, 0);
  // The list of transactions names a transaction's own statements; a trace may hold several transactions.
  const sqlFact = sql.some(({ spans }) => spans.some(({ application }) => application !== root?.application)) ? "facts.sqlFactWhole" : "facts.sqlFact";
  const user = userOf(trace.spans);
  const today = new Date(trace.start_ms).toDateString() === new Date().toDateString();
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <TextLink to="/p/$project/transactions" params={{ project }} search={(before) => viewOf(before)} size="sm" onClick={back.onClick} data-testid="back">
          ← {t(`back.${back.from ?? "transactions"}`)}
        </TextLink>
        <h1 className={styles.name}>{root?.name ?? t("title")}</h1>
        {root && <StatusMark status={root.status} code={root.http?.status_code ?? null} />}
        {root && isTestSpan(root) && <TestTag />}
        <Incomplete show={trace.incomplete.length > 0} parts={trace.incomplete} />
      </div>
      <div className={styles.facts}>
        {root && (
          <Fact name={root.application}>{root.instance ?? ""}</Fact>
        )}
        <Fact name="">{`${today ? "" : `${format.time(trace.start_ms, "day")} `}${format.time(trace.start_ms, "timeMs")} ${zoneShort(trace.start_ms)}`}</Fact>
        <Fact name={t("facts.elapsed")}>{format.duration(trace.duration_ms)}</Fact>
        {sqlCount > 0 && <Fact name={t("facts.sql")}>{t(sqlFact, { ms: format.duration(sqlMs), count: sqlCount })}</Fact>}
        <Fact name="">{t("facts.spans", { applications: trace.applications.length, spans: trace.spans.length })}</Fact>
        {trace.omitted_spans > 0 && <Fact name="">△ {t("facts.omitted", { count: trace.omitted_spans })}</Fact>}
        {user !== null && <Fact name={t("facts.user")}>{user}</Fact>}
        <Fact name={t("facts.trace")}>
          <span className="naru-mono" data-testid="trace-id">
            {trace.trace_id}
          </span>{" "}
          <CopyButton value={trace.trace_id} what={t("facts.trace")} size="compact-xs" />
        </Fact>
      </div>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className={styles.fact}>
      {name !== "" && <span className={styles.factName}>{name}</span>} {children}
    </span>
  );
}
