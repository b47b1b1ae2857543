import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Apm } from "@naru/api";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Origin } from "../../view/back";
import { columnIdOf, columns, features, FIGURES } from "./columns";
import type { Sorting } from "./sorting";
import { TransactionRow } from "./TransactionRow";
import styles from "./TransactionTable.module.css";

interface Props {
  project: string;
  /** Where a trace opened from here leads back to. */
  from: Origin;
  transactions: Apm.Transaction[];
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  /** The reader came near the end. */
  onEnd: () => void;
}

const ROW_PX = 30;
/** Narrower than this (a phone) a row is two lines; the same width stands in the style sheet. */
const NARROW_PX = 700;
const NARROW_ROW_PX = 50;
/** So near the end the next page is asked for. */
const NEAR_END_ROWS = 20;

/** Transactions in columns that sort. Only rows on screen exist. */
export function TransactionTable({ project, from, transactions, sorting, onSort, onEnd }: Props) {
  const { t } = useTranslation("transactions");
  const { t: parts } = useTranslation("parts");
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const rowPx = width > 0 && width < NARROW_PX ? NARROW_ROW_PX : ROW_PX;
  const table = useTable({
    features,
    columns,
    data: transactions,
    getRowId: (row) => `${row.trace_id} ${row.span_id}`,
    state: { sorting: [sorting] },
    onSortingChange: (next) => {
      const [by] = typeof next === "function" ? next([sorting]) : next;
      if (by) onSort(by);
    },
    enableSortingRemoval: false,
  });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 10,
    getItemKey: (index) => rows[index]?.id ?? index,
    onChange: (instance) => {
      if ((instance.range?.endIndex ?? 0) > rows.length - NEAR_END_ROWS) onEnd();
    },
  });
  useEffect(() => virtual.measure(), [virtual, rowPx]);
  return (
    <div ref={useMergedRef(scroller, measured)} className={styles.scroll} role="table" aria-rowcount={rows.length} data-scroll-restoration-id="transactions" data-testid="transactions">
      <div className={styles.head} role="row">
        {table.getHeaderGroups().flatMap((group) =>
          group.headers.map((header) => {
            const id = columnIdOf(header.column.id);
            const sorted = header.column.getIsSorted();
            const label = t(`list.${id}`);
            return (
              <span key={id} role="columnheader" className={`${styles[id]} ${FIGURES.has(id) ? styles.figure : ""}`} aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}>
                {header.column.getCanSort() ? (
                  <button type="button" className={styles.sort} onClick={header.column.getToggleSortingHandler()} title={parts("sortBy", { column: label })}>
                    {label}
                    {sorted && <span aria-hidden>{sorted === "asc" ? " ↑" : " ↓"}</span>}
                  </button>
                ) : (
                  label
                )}
              </span>
            );
          }),
        )}
      </div>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="rowgroup">
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row && <TransactionRow key={item.key} project={project} from={from} transaction={row.original} top={item.start} height={rowPx} />;
        })}
      </div>
    </div>
  );
}
