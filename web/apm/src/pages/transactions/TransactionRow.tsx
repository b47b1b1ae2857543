import { Link } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { useFormat } from "@naru/ui";
import { StatusMark } from "../../parts/StatusMark";
import styles from "./TransactionTable.module.css";

interface Props {
  project: string;
  transaction: Apm.Transaction;
  top: number;
  height: number;
}

/** One transaction; the whole row is a link to its trace, with its own span opened. */
export function TransactionRow({ project, transaction: one, top, height }: Props) {
  const format = useFormat();
  return (
    <Link
      to="/p/$project/traces/$traceId"
      params={{ project, traceId: one.trace_id }}
      search={(before) => ({ ...before, span: one.span_id, at_ms: Math.floor(one.start_ms) })}
      role="row"
      className={styles.row}
      style={{ transform: `translateY(${top}px)`, height }}
      data-testid="transaction-row"
      data-trace-id={one.trace_id}
    >
      <span role="cell">{format.time(one.start_ms, "timeMs")}</span>
      <span role="cell">{one.application}</span>
      <span role="cell" className={styles.quiet} title={one.instance ?? undefined}>{one.instance ?? "–"}</span>
      <span role="cell" title={one.exception_type ?? one.operation}>
        {one.operation}
        {one.exception_type !== null && <span className={styles.exception}>{shortType(one.exception_type)}</span>}
      </span>
      <span role="cell" className={styles.figure}>
        <StatusMark status={one.status} code={one.http_status_code} />
      </span>
      <span role="cell" className={`${styles.figure} ${styles.strong}`}>{format.ms(one.duration_ms)}</span>
      <span role="cell" className={styles.figure}>{one.sql_count > 0 ? format.ms(one.sql_ms) : "–"}</span>
      <span role="cell" className={styles.figure}>{one.sql_count > 0 ? format.number(one.sql_count) : "–"}</span>
      <span role="cell" className={styles.figure}>{one.external_count > 0 ? format.ms(one.external_ms) : "–"}</span>
      <span role="cell" className={styles.quiet}>{one.client_address ?? "–"}</span>
      <span role="cell">{one.user_id ?? "–"}</span>
      <span role="cell" className={`naru-mono ${styles.quiet}`}>{one.trace_id.slice(0, 8)}</span>
    </Link>
  );
}

/** `org.postgresql.util.PSQLException` → `PSQLException`. */
function shortType(type: string): string {
  return type.split(/[.\\:]/).at(-1) || type;
}
