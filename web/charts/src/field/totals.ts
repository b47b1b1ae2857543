import type { FieldGrid } from "./grid";

export interface Totals {
  count: number;
  errors: number;
}

/** Per column, oldest first; the sums a TPS chart is drawn from. */
export interface ColumnSums {
  from_ms: number;
  step_ms: number;
  counts: Float64Array;
  errors: Float64Array;
}

/** A rectangle of cells, all four inclusive. */
export interface CellBox {
  left: number;
  right: number;
  /** The lowest row. */
  bottom: number;
  top: number;
}

export function totalsOf(grid: FieldGrid, box: CellBox): Totals {
  const total = { count: 0, errors: 0 };
  for (let column = Math.max(box.left, grid.first); column <= Math.min(box.right, grid.last); column += 1) {
    for (let row = Math.max(0, box.bottom); row <= Math.min(box.top, grid.rows - 1); row += 1) {
      const at = grid.index(column, row);
      total.count += grid.counts[at] ?? 0;
      total.errors += grid.errors[at] ?? 0;
    }
  }
  return total;
}

export function columnSums(grid: FieldGrid, first: number, last: number): ColumnSums {
  const length = Math.max(0, last - first + 1);
  const sums = { counts: new Float64Array(length), errors: new Float64Array(length) };
  for (let index = 0; index < length; index += 1) {
    const column = first + index;
    const total = totalsOf(grid, { left: column, right: column, bottom: 0, top: grid.rows - 1 });
    sums.counts[index] = total.count;
    sums.errors[index] = total.errors;
  }
  return { from_ms: grid.frame.origin_ms + first * grid.frame.step_ms, step_ms: grid.frame.step_ms, ...sums };
}

/** The fullest cell, for the colours. */
export function fullest(grid: FieldGrid): number {
  let most = 0;
  for (const count of grid.counts) if (count > most) most = count;
  return most;
}
