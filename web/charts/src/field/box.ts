import type { FieldGrid } from "./grid";
import type { CellBox } from "./totals";

/**
 * What a selection asks the transaction list for: starts in `[from_ms, to_ms)`, durations in `(min_ms, max_ms]`. It lies along the
 * cells' edges, so that the list holds exactly what the cells count. `min_ms` 0 takes transactions of no measurable duration too,
 * `max_ms` null is open at the top.
 */
export interface FieldBox {
  from_ms: number;
  to_ms: number;
  min_ms: number;
  max_ms: number | null;
}

export function boxOfCells(grid: FieldGrid, cells: CellBox): FieldBox {
  const { origin_ms, step_ms } = grid.frame;
  return {
    from_ms: origin_ms + cells.left * step_ms,
    to_ms: origin_ms + (cells.right + 1) * step_ms,
    min_ms: grid.edges[cells.bottom] ?? 0,
    max_ms: grid.edges[cells.top + 1] ?? null,
  };
}

/** The cells a box covers in this grid, whole cells only outwards: a box made on another zoom is still shown where it is. */
export function cellsOfBox(grid: FieldGrid, box: FieldBox): CellBox {
  const { origin_ms, step_ms } = grid.frame;
  return {
    left: Math.floor((box.from_ms - origin_ms) / step_ms + 1e-6),
    right: Math.ceil((box.to_ms - origin_ms) / step_ms - 1e-6) - 1,
    bottom: rowFrom(grid.edges, box.min_ms),
    top: box.max_ms === null ? grid.rows - 1 : rowThrough(grid.edges, box.max_ms),
  };
}

/** Two corners in any order, cut to what the grid shows. */
export function cellBox(grid: FieldGrid, a: { column: number; row: number }, b: { column: number; row: number }): CellBox {
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const columns = [a.column, b.column].map((column) => clamp(column, grid.first, grid.last));
  const rows = [a.row, b.row].map((row) => clamp(row, 0, grid.rows - 1));
  return { left: Math.min(...columns), right: Math.max(...columns), bottom: Math.min(...rows), top: Math.max(...rows) };
}

/** The row a lower bound opens: the last edge at or below it. */
function rowFrom(edges: Float64Array, minMs: number): number {
  let row = 0;
  while (row + 1 < edges.length && (edges[row + 1] ?? Infinity) <= minMs + 0.0005) row += 1;
  return row;
}

/** The row an upper bound closes: the last whose edge lies below it. */
function rowThrough(edges: Float64Array, maxMs: number): number {
  let row = 0;
  while (row + 1 < edges.length && (edges[row + 1] ?? Infinity) < maxMs - 0.0005) row += 1;
  return row;
}
