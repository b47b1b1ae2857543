import { totalsOf, type FieldModel, type Totals } from "@naru/charts";

export interface FieldFigures {
  totals: Totals;
}

/**
 * Transactions and failures summed from the field's own cells, so that what the field says of itself always agrees with it. Null before
 * the first answer.
 */
export function fieldFigures(model: FieldModel, nowMs: number): FieldFigures | null {
  const { grid } = model;
  const window = model.window();
  if (!grid || !window) return null;
  const first = Math.max(grid.first, grid.columnOf(window.from_ms));
  const last = Math.min(grid.last, grid.columnOf(Math.min(window.to_ms, nowMs) - 0.001));
  const totals = totalsOf(grid, { left: first, right: last, bottom: 0, top: grid.rows - 1 });
  return { totals };
}
