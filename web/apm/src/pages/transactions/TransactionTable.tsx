import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Apm } from "@naru/api";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { columnIdOf, columns, features, FIGURES } from "./columns";
import { TransactionRow } from "./TransactionRow";
import styles from "./TransactionTable.module.css";

export interface Sorting {
  id: string;
  desc: boolean;
}

interface Props {
  project: string;
  transactions: Apm.Transaction[];
  sorting: Sorting[];
  onSort: (sorting: Sorting[]) => void;
  /** The reader came near the end. */
  onEnd: () => void;
}

const ROW_PX = 30;
/** So near the end the next page is asked for. */
const NEAR_END_ROWS = 20;

/** Transactions in columns that sort. Only rows on screen exist. */
export function TransactionTable({ project, transactions, sorting, onSort, onEnd }: Props) {
  const { t } = useTranslation("transactions");
  const { t: parts } = useTranslation("parts");
  const scroller = useRef<HTMLDivElement>(null);
  const table = useTable({
    features,
    columns,
    data: transactions,
    getRowId: (row) => `${row.trace_id} ${row.span_id}`,
    state: { sorting },
    onSortingChange: (next) => onSort(typeof next === "function" ? next(sorting) : next),
    enableSortingRemoval: false,
  });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    getItemKey: (index) => rows[index]?.id ?? index,
    onChange: (instance) => {
      if ((instance.range?.endIndex ?? 0) > rows.length - NEAR_END_ROWS) onEnd();
    },
  });
  return (
    <div ref={scroller} className={styles.scroll} role="table" aria-rowcount={rows.length} data-testid="transactions">
      <div className={styles.head} role="row">
        {table.getHeaderGroups().flatMap((group) =>
          group.headers.map((header) => {
            const id = columnIdOf(header.column.id);
            const sorted = header.column.getIsSorted();
            const label = t(`list.${id}`);
            return (
              <span key={id} role="columnheader" className={FIGURES.has(id) ? styles.figure : undefined} aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}>
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
          return row && <TransactionRow key={item.key} project={project} transaction={row.original} top={item.start} height={ROW_PX} />;
        })}
      </div>
    </div>
  );
}
