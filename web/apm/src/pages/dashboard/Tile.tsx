import { Skeleton } from "@mantine/core";
import { Sparkline, type SeriesPoint } from "@naru/charts";
import type { ReactNode } from "react";
import styles from "./Dashboard.module.css";

interface Props {
  title: string;
  note?: string | undefined;
  /** Null = the first answer is under way. */
  value: string | null;
  unit?: string | undefined;
  /** A quieter figure or two below. */
  line: ReactNode;
  tone?: "bad" | "warn" | undefined;
  points?: readonly SeriesPoint[] | undefined;
  colour: string;
  testId: string;
}

/** One big figure, what belongs to it, and its course. */
export function Tile({ title, note, value, unit, line, tone, points, colour, testId }: Props) {
  const drawn = points && points.length > 1 ? points : null;
  return (
    <section className={styles.tile} data-testid={testId} aria-label={title}>
      <div className={styles.tileHead}>
        {title}
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </div>
      <div className="naru-big">
        {value ?? <Skeleton height={24} width={96} my={4} radius={6} />}
        {value !== null && unit !== undefined && <span className={styles.unit}>{unit}</span>}
      </div>
      <div className={[styles.line, drawn ? "" : styles.twoLines, tone ? styles[tone] : ""].join(" ")} title={typeof line === "string" ? line : undefined}>
        {line}
      </div>
      {drawn && <Sparkline points={drawn} colour={colour} />}
    </section>
  );
}
