import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type KeyboardEvent } from "react";
import type { WaterfallRow } from "./rows";
import type { Span } from "./tree";
import { WaterfallLine, type WaterfallWords } from "./WaterfallLine";
import styles from "./Waterfall.module.css";

export type WaterfallLayout = "waterfall" | "tree";

interface Props {
  rows: readonly WaterfallRow[];
  trace_ms: number;
  /** From `pathSpans`. */
  path: ReadonlyMap<Span, [number, number]>;
  layout: WaterfallLayout;
  selected: string | null;
  words: WaterfallWords;
  onSelect: (row: WaterfallRow) => void;
  onToggle: (key: string) => void;
}

const ROW_PX = 28;

/** A trace's rows over time (`waterfall`) or as figures (`tree`). Only rows on screen exist, so 10,000 spans scroll as ten. */
export function Waterfall({ rows, trace_ms, path, layout, selected, words, onSelect, onToggle }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  const at = rows.findIndex((row) => row.key === selected);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);

  function pressed(event: KeyboardEvent) {
    const row = rows[at];
    const next = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: rows.length - 1 }[event.key];
    const target = next === undefined ? undefined : rows[next];
    if (target) onSelect(target);
    else if (row && event.key === "ArrowLeft" && isOpen(row) === true) onToggle(row.key);
    else if (row && event.key === "ArrowRight" && isOpen(row) === false) onToggle(row.key);
    else return;
    event.preventDefault();
  }

  return (
    <div
      className={`${styles.table} ${styles[layout]}`}
      role="treegrid"
      aria-label={words.label}
      aria-rowcount={rows.length}
      aria-activedescendant={at >= 0 ? `row-${rows[at]?.number}` : undefined}
      tabIndex={0}
      onKeyDown={pressed}
      data-testid="waterfall"
    >
      <div className={styles.head} role="row">
        <span role="columnheader">#</span>
        <span role="columnheader">{words.span}</span>
        {layout === "tree" && <span role="columnheader">{words.start}</span>}
        <span role="columnheader">{words.elapsed}</span>
        <span role="columnheader" className={styles.self}>{words.self}</span>
        {layout === "tree" && <span role="columnheader" className={styles.gapCell}>{words.gap}</span>}
        <span role="columnheader" className={`${styles.scale} ${styles.bars}`} title={words.scale}>
          {words.scale}
        </span>
      </div>
      <div ref={scroller} className={styles.scroll} role="rowgroup" tabIndex={-1}>
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <WaterfallLine
                  key={item.key}
                  row={row}
                  top={item.start}
                  height={ROW_PX}
                  trace_ms={trace_ms}
                  path={row.kind === "span" ? path.get(row.span) : undefined}
                  layout={layout}
                  selected={row.key === selected}
                  words={words}
                  onSelect={onSelect}
                  onToggle={onToggle}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function isOpen(row: WaterfallRow): boolean | null {
  return row.kind === "gap" ? null : row.open;
}
