import type { Apm } from "@naru/api";
import styles from "./Trace.module.css";

interface Props {
  title: string;
  attributes: Apm.Attributes;
  open?: boolean;
}

/** Attributes by name, as sent. */
export function AttributeList({ title, attributes, open }: Props) {
  const entries = Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <details className={styles.attributes} open={open}>
      <summary className={styles.section}>{title}</summary>
      <dl className={styles.pairs}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt className="naru-mono">{name}</dt>
            <dd className="naru-mono">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
