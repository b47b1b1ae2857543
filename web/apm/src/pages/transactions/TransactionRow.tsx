import { Link } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { useFormat } from "@naru/ui";
import { ShownName } from "../../parts/ShownName";
import { StatusMark } from "../../parts/StatusMark";
import { TestTag } from "../../parts/TestTag";
import { isTestApplication } from "../../parts/testTrace";
import { cameFrom, type Origin } from "../../view/back";
import styles from "./TransactionTable.module.css";

interface Props {
  project: string;
  from: Origin;
  transaction: Apm.Transaction;
  top: number;
  height: number;
}

/** One transaction; the whole row is a link to its trace, with its own span opened. */
export function TransactionRow({ project, from, transaction: one, top, height }: Props) {
  const format = useFormat();
  return (
    <Link
      to="/p/$project/traces/$traceId"
      params={{ project, traceId: one.trace_id }}
      search={(before) => ({ ...before, span: one.span_id, at_ms: Math.floor(one.start_ms) })}
      state={cameFrom(from)}
      role="row"
      className={styles.row}
      style={{ transform: `translateY(${top}px)`, height }}
      data-testid="transaction-row"
      data-trace-id={one.trace_id}
    >
      <span role="cell" className={styles.time}>{format.time(one.start_ms, "timeMs")}</span>
      <span role="cell" className={styles.application} title={one.application}><ShownName name={one.application} of="application" /></span>
      <span role="cell" className={`${styles.instance} ${styles.quiet}`} title={one.instance ?? undefined}>{one.instance === null ? "–" : <ShownName name={one.instance} of="instance" />}</span>
      <span role="cell" className={styles.operation} title={one.exception_type ?? one.operation}>
        <ShownName name={one.operation} of="operation" /> {isTestApplication(one.application) && <TestTag />}
        {one.exception_type !== null && <span className={styles.exception}>{shortType(one.exception_type)}</span>}
      </span>
      <span role="cell" className={`${styles.status} ${styles.figure}`}>
        <StatusMark status={one.status} code={one.http_status_code} />
      </span>
      <span role="cell" className={`${styles.duration} ${styles.figure} ${styles.strong}`}>{format.ms(one.duration_ms)}</span>
      <span role="cell" className={`${styles.sql} ${styles.figure}`}>{one.sql_count > 0 ? format.ms(one.sql_ms) : "–"}</span>
      <span role="cell" className={`${styles.sqlCount} ${styles.figure}`}>{one.sql_count > 0 ? format.number(one.sql_count) : "–"}</span>
      <span role="cell" className={`${styles.external} ${styles.figure}`}>{one.external_count > 0 ? format.ms(one.external_ms) : "–"}</span>
      <span role="cell" className={`${styles.client} ${styles.quiet}`} title={one.client_address ?? undefined}>{one.client_address ?? "–"}</span>
      <span role="cell" className={styles.user} title={one.user_id ?? undefined}>{one.user_id ?? "–"}</span>
      <span role="cell" className={`naru-mono ${styles.trace} ${styles.quiet}`} title={one.trace_id}>{one.trace_id.slice(0, 8)}</span>
    </Link>
  );
}

/** `org.postgresql.util.PSQLException` → `PSQLException`. */
function shortType(type: string): string {
  return type.split(/[.\\:]/).at(-1) || type;
}
