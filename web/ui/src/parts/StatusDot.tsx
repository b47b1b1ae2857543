import styles from "./StatusDot.module.css";

export type Status = "ok" | "warn" | "bad" | "idle" | "waiting";

/** A small mark beside words that say the same: never the only carrier of a state. */
export function StatusDot({ status }: { status: Status }) {
  return <span className={`${styles.dot} ${styles[status]}`} data-status={status} aria-hidden />;
}
