import { createColumnHelper, createSortedRowModel, rowSortingFeature, sortFn_alphanumeric, sortFn_basic, sortFn_text, tableFeatures } from "@tanstack/react-table";
import type { Apm } from "@naru/api";

export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic, text: sortFn_text },
});

const helper = createColumnHelper<typeof features, Apm.Transaction>();

/** In order of reading; `id` is also the key of the heading's words. */
export const columns = helper.columns([
  helper.accessor("start_ms", { id: "time", sortFn: "basic", sortDescFirst: true }),
  helper.accessor("application", { id: "application", sortFn: "text" }),
  helper.accessor((row) => row.instance ?? "", { id: "instance", sortFn: "text" }),
  helper.accessor("operation", { id: "operation", sortFn: "text" }),
  helper.accessor((row) => (row.status === "error" ? 1000 : 0) + (row.http_status_code ?? 0), { id: "status", sortFn: "basic", sortDescFirst: true }),
  helper.accessor("duration_ms", { id: "duration", sortFn: "basic", sortDescFirst: true }),
  helper.accessor("sql_ms", { id: "sql", sortFn: "basic", sortDescFirst: true }),
  helper.accessor("sql_count", { id: "sqlCount", sortFn: "basic", sortDescFirst: true }),
  helper.accessor("external_ms", { id: "external", sortFn: "basic", sortDescFirst: true }),
  helper.accessor((row) => row.client_address ?? "", { id: "client", sortFn: "alphanumeric" }),
  helper.accessor((row) => row.user_id ?? "", { id: "user", sortFn: "alphanumeric" }),
  helper.accessor("trace_id", { id: "trace", enableSorting: false }),
]);

export const COLUMN_IDS = [
  "time", "application", "instance", "operation", "status", "duration", "sql", "sqlCount", "external", "client", "user", "trace",
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

/** Columns of figures stand to the right. */
export const FIGURES: ReadonlySet<string> = new Set(["status", "duration", "sql", "sqlCount", "external"]);

export function columnIdOf(id: string): ColumnId {
  return COLUMN_IDS.find((name) => name === id) ?? "time";
}
