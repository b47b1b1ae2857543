import { columnSums, totalsOf, type FieldModel, type SeriesPoint, type Totals } from "@naru/charts";

/** Transactions arrive a little after they ended; the newest seconds still fill and would look like a fall. */
const FILLING_MS = 2500;
/** About how many steps a chart has. */
const STEPS = 100;

export interface FieldFigures {
  totals: Totals;
  /** Per second over the whole window. */
  tps: number;
  tpsPoints: SeriesPoint[];
  /** Failed share of each step, 0…1; a gap without transactions. */
  errorPoints: SeriesPoint[];
}

/**
 * TPS and failures summed from the field's own cells, so that the figures beside the field always agree with it. Null before the
 * first answer.
 */
export function fieldFigures(model: FieldModel, nowMs: number): FieldFigures | null {
  const { grid } = model;
  const window = model.window();
  if (!grid || !window) return null;
  const first = Math.max(grid.first, grid.columnOf(window.from_ms));
  const last = Math.min(grid.last, grid.columnOf(Math.min(window.to_ms, nowMs) - 0.001));
  const totals = totalsOf(grid, { left: first, right: last, bottom: 0, top: grid.rows - 1 });
  const per = Math.max(1, Math.ceil((last - first + 1) / STEPS));
  const sums = columnSums(grid, Math.ceil(first / per) * per, last);
  const tpsPoints: SeriesPoint[] = [];
  const errorPoints: SeriesPoint[] = [];
  for (let column = 0; column + per <= sums.counts.length; column += per) {
    const at = sums.from_ms + column * sums.step_ms;
    const end = at + per * sums.step_ms;
    if (end > nowMs - FILLING_MS) break;
    const sum = (values: Float64Array) => values.subarray(column, column + per).reduce((all, one) => all + one, 0);
    const count = sum(sums.counts);
    tpsPoints.push([at, (count * 1000) / (end - at)]);
    errorPoints.push([at, count === 0 ? null : sum(sums.errors) / count]);
  }
  const length = Math.max(1, Math.min(window.to_ms, nowMs) - window.from_ms);
  return { totals, tps: (totals.count * 1000) / length, tpsPoints, errorPoints };
}
