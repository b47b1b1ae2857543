import styles from "./Share.module.css";

/** A bar behind or beside a figure: its share of the column's largest. */
export function Share({ share, tone }: { share: number; tone: "accent" | "bad" | "sql" }) {
  const percent = Math.min(100, Math.max(share > 0 ? 2 : 0, share * 100));
  return (
    <span className={styles.track} aria-hidden>
      <span className={`${styles.bar} ${styles[tone]}`} style={{ width: `${percent}%` }} />
    </span>
  );
}
