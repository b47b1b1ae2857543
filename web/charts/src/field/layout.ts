import { rowPosition, type FieldScale } from "./edges";
import type { FieldGrid } from "./grid";
import type { CellBox } from "./totals";

/** CSS pixels a cell is wide. */
export const CELL_PX = 5;
/** Room around the cells for labels, CSS pixels. */
export const MARGIN = { left: 50, right: 10, top: 4, bottom: 24 };
/** The band of the open row at the top, and the gap below it, CSS pixels. */
const BAND_PX = 11;
const BAND_GAP_PX = 6;

/**
 * Where things are, CSS pixels from the canvas's corner. One for each frame: the window slides.
 *
 * `from_ms … to_ms` spans `plot.left … plot.right`; the open row lies in the band, all others in the plot.
 */
export interface FieldLayout {
  width: number;
  height: number;
  plot: { left: number; right: number; top: number; bottom: number };
  band: { top: number; bottom: number };
  from_ms: number;
  to_ms: number;
}

/** How many columns fit a canvas this wide. */
export function columnsFor(width: number): number {
  return Math.max(10, Math.floor((width - MARGIN.left - MARGIN.right) / CELL_PX));
}

/** The plot is a whole number of columns wide, so that cells fall on whole pixels. */
export function layoutOf(width: number, height: number, window: { from_ms: number; to_ms: number }): FieldLayout {
  const plot = {
    left: MARGIN.left,
    right: MARGIN.left + columnsFor(width) * CELL_PX,
    top: MARGIN.top + BAND_PX + BAND_GAP_PX,
    bottom: Math.max(MARGIN.top + BAND_PX + BAND_GAP_PX + 1, height - MARGIN.bottom),
  };
  return { width, height, plot, band: { top: MARGIN.top, bottom: MARGIN.top + BAND_PX }, ...window };
}

export function xOf(layout: FieldLayout, ms: number): number {
  const { left, right } = layout.plot;
  return left + ((ms - layout.from_ms) / (layout.to_ms - layout.from_ms)) * (right - left);
}

export function msOf(layout: FieldLayout, x: number): number {
  const { left, right } = layout.plot;
  return layout.from_ms + ((x - left) / (right - left)) * (layout.to_ms - layout.from_ms);
}

/** The height of one closed row. */
export function rowHeight(layout: FieldLayout, grid: FieldGrid): number {
  return (layout.plot.bottom - layout.plot.top) / Math.max(1, grid.rows - 1);
}

export function yOfDuration(layout: FieldLayout, grid: FieldGrid, scale: FieldScale, durationMs: number): number {
  return layout.plot.bottom - rowPosition(grid.edges, scale, durationMs) * rowHeight(layout, grid);
}

/** The cell under a point; points beside the plot belong to its nearest cell. */
export function cellAt(layout: FieldLayout, grid: FieldGrid, x: number, y: number): { column: number; row: number } {
  const inside = Math.min(Math.max(x, layout.plot.left), layout.plot.right - 0.01);
  const column = Math.min(Math.max(grid.columnOf(msOf(layout, inside)), grid.first), grid.last);
  if (y < layout.plot.top - BAND_GAP_PX / 2) return { column, row: grid.rows - 1 };
  const row = Math.floor((layout.plot.bottom - y) / rowHeight(layout, grid));
  return { column, row: Math.min(Math.max(row, 0), grid.rows - 2) };
}

/** The rectangle of a box of cells; one that reaches into the open row includes the band. */
export function rectOf(layout: FieldLayout, grid: FieldGrid, box: CellBox): { x: number; y: number; width: number; height: number } {
  const { origin_ms, step_ms } = grid.frame;
  const left = Math.max(layout.plot.left, xOf(layout, origin_ms + box.left * step_ms));
  const right = Math.min(layout.plot.right, xOf(layout, origin_ms + (box.right + 1) * step_ms));
  const open = grid.rows - 1;
  const height = rowHeight(layout, grid);
  const top = box.top >= open ? layout.band.top : layout.plot.bottom - (box.top + 1) * height;
  const bottom = box.bottom >= open ? layout.band.bottom : layout.plot.bottom - box.bottom * height;
  return { x: left, y: top, width: Math.max(0, right - left), height: bottom - top };
}

/** The height near `wanted` at which all rows are the same whole number of pixels. */
export function fieldHeight(rows: number, wanted: number): number {
  const around = MARGIN.top + BAND_PX + BAND_GAP_PX + MARGIN.bottom;
  const rowPx = Math.max(3, Math.round((wanted - around) / Math.max(1, rows - 1)));
  return around + rowPx * (rows - 1);
}
