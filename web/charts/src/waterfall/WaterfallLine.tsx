import type { CSSProperties } from "react";
import { categoryOf, type Category } from "./category";
import type { WaterfallLayout } from "./Waterfall";
import type { WaterfallRow } from "./rows";
import styles from "./Waterfall.module.css";

export interface WaterfallWords {
  label: string;
  span: string;
  start: string;
  elapsed: string;
  self: string;
  gap: string;
  /** Over the time axis: `0 ms — 4,812 ms · white line = critical path`. */
  scale: string;
  ms: (ms: number) => string;
  /** Short names beside the colours: `SQL`, `HTTP`, … */
  category: Record<Category, string>;
  gapRow: (ms: number) => string;
  group: (name: string, count: number) => string;
  orphan: string;
  failed: string;
  toggle: string;
}

interface Props {
  row: WaterfallRow;
  top: number;
  height: number;
  trace_ms: number;
  path: [number, number] | undefined;
  layout: WaterfallLayout;
  selected: boolean;
  words: WaterfallWords;
  onSelect: (row: WaterfallRow) => void;
  onToggle: (key: string) => void;
}

/** Deeper rows keep this indent, so that names stay readable. */
const DEPTH_MAX = 24;

export function WaterfallLine({ row, top, height, trace_ms, path, layout, selected, words, onSelect, onToggle }: Props) {
  const category: Category = row.kind === "gap" ? "gap" : categoryOf(row.kind === "span" ? row.span : row.first);
  const failed = row.kind === "span" ? row.span.status === "error" : row.kind === "group" && row.failed > 0;
  const open = row.kind === "gap" ? null : row.open;
  return (
    <div
      id={`row-${row.number}`}
      role="row"
      aria-level={row.depth + 1}
      aria-selected={selected}
      aria-expanded={open ?? undefined}
      className={`${styles.row} ${selected ? styles.selected : ""}`}
      style={{ transform: `translateY(${top}px)`, height }}
      data-testid="span-row"
      data-category={category}
      data-failed={failed || undefined}
      onClick={() => onSelect(row)}
      onDoubleClick={() => open !== null && onToggle(row.key)}
    >
      <span className={styles.number} role="gridcell">
        {row.number}
      </span>
      <span className={styles.name} role="gridcell" style={{ "--depth": Math.min(row.depth, DEPTH_MAX) } as CSSProperties}>
        <Twist open={open} label={words.toggle} onToggle={() => onToggle(row.key)} />
        <span className={`${styles.tag} ${styles[category]}`}>{words.category[category]}</span>
        <Name row={row} failed={failed} words={words} />
      </span>
      {layout === "tree" && <Figure value={words.ms(row.start_offset_ms)} quiet />}
      <Figure value={words.ms(row.kind === "group" ? row.sum_ms : row.duration_ms)} />
      <Figure value={row.kind === "span" ? words.ms(row.span.self_ms) : row.kind === "gap" ? "" : words.ms(row.sum_ms)} quiet className={styles.self} />
      {layout === "tree" && <Figure value={gapText(row, words)} quiet className={styles.gapCell} />}
      <span className={`${styles.track} ${styles.bars}`} role="gridcell">
        <Bar row={row} trace_ms={trace_ms} path={path} category={category} failed={failed} />
      </span>
    </div>
  );
}

function gapText(row: WaterfallRow, words: WaterfallWords): string {
  if (row.kind === "gap") return words.ms(row.duration_ms);
  return row.kind === "span" && row.gap_ms > 0 ? words.ms(row.gap_ms) : "";
}

function Figure({ value, quiet, className = "" }: { value: string; quiet?: boolean; className?: string | undefined }) {
  return (
    <span className={`${quiet ? styles.quiet : styles.figure} ${className}`} role="gridcell">
      {value}
    </span>
  );
}

function Name({ row, failed, words }: { row: WaterfallRow; failed: boolean; words: WaterfallWords }) {
  if (row.kind === "gap") return <span className={styles.gapName}>{words.gapRow(row.duration_ms)}</span>;
  const span = row.kind === "span" ? row.span : row.first;
  return (
    <span className={styles.label} title={span.name}>
      <span className={styles.application}>{span.application}</span>{" "}
      <span className={failed ? styles.failed : undefined}>
        {row.kind === "group" ? words.group(span.name, row.count) : span.name}
        {failed && <span className="naru-visually-hidden"> {words.failed}</span>}
        {failed && <span aria-hidden> ✕</span>}
      </span>
      {row.kind === "span" && row.orphan && <span className={styles.orphan}>{words.orphan}</span>}
    </span>
  );
}

function Twist({ open, label, onToggle }: { open: boolean | null; label: string; onToggle: () => void }) {
  if (open === null) return <span className={styles.twist} aria-hidden />;
  return (
    <button
      type="button"
      className={styles.twist}
      tabIndex={-1}
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <svg width="9" height="9" viewBox="0 0 9 9" style={{ transform: open ? "rotate(90deg)" : undefined }} aria-hidden>
        <path d="M3 1.5 6.2 4.5 3 7.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
      </svg>
    </button>
  );
}

type BarProps = Pick<Props, "row" | "trace_ms" | "path"> & { category: Category; failed: boolean };

function Bar({ row, trace_ms, path, category, failed }: BarProps) {
  const percent = (ms: number) => `${(ms / Math.max(trace_ms, 0.000_001)) * 100}%`;
  return (
    <>
      <span
        className={`${styles.bar} ${styles[category]} ${failed ? styles.barFailed : ""} ${row.kind === "group" ? styles.barGroup : ""}`}
        style={{ left: percent(row.start_offset_ms), width: percent(row.duration_ms) }}
      />
      {path && <span className={styles.path} style={{ left: percent(path[0]), width: percent(path[1] - path[0]) }} />}
    </>
  );
}
