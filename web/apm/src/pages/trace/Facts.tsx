import styles from "./Trace.module.css";

export type FactRow = readonly [name: string, value: string | null | undefined];

/** Names and values; what has no value is left out. */
export function Facts({ title, facts }: { title?: string; facts: readonly FactRow[] }) {
  const known = facts.filter(([, value]) => value != null && value !== "");
  if (known.length === 0) return null;
  return (
    <>
      {title !== undefined && <h3 className={styles.section}>{title}</h3>}
      <dl className={styles.pairs}>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
