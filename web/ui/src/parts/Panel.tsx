import type { CSSProperties, ReactNode } from "react";
import styles from "./Panel.module.css";

interface Props {
  title?: ReactNode;
  /** A few quiet words beside the title: unit, scope, count. */
  note?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  className?: string | undefined;
  style?: CSSProperties;
  children: ReactNode;
}

/** A surface with a one-pixel line, the unit every page is laid out in. */
export function Panel({ title, note, actions, className, style, children }: Props) {
  return (
    <section className={className ? `${styles.panel} ${className}` : styles.panel} style={style}>
      {(title !== undefined || actions !== undefined) && (
        <header className={styles.head}>
          <h2 className={styles.title}>
            {title}
            {note !== undefined && <span className={styles.note}>{note}</span>}
          </h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
