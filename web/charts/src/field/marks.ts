import type { FieldColours } from "./colours";
import type { FieldGrid } from "./grid";
import { rectOf, type FieldLayout } from "./layout";
import type { CellBox } from "./totals";

/** A cell that just got a pushed point. */
export interface Flash {
  column: number;
  row: number;
  /** `performance.now()` of its arrival. */
  at: number;
}

export const FLASH_MS = 900;

/** A selected box: filled softly, framed, its corners thickened. */
export function drawBox(context: CanvasRenderingContext2D, layout: FieldLayout, grid: FieldGrid, box: CellBox, colours: FieldColours, firm: boolean) {
  const { x, y, width, height } = rectOf(layout, grid, box);
  if (width <= 0) return;
  context.save();
  context.fillStyle = colours.accent;
  context.globalAlpha = firm ? 0.12 : 0.2;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = colours.accent;
  context.lineWidth = firm ? 1.5 : 1;
  context.setLineDash(firm ? [] : [4, 3]);
  context.strokeRect(Math.round(x) - 0.5, Math.round(y) - 0.5, Math.round(width) + 1, Math.round(height) + 1);
  context.restore();
}

/** A vertical line at a moment; with `y` a horizontal one too. */
export function drawCross(context: CanvasRenderingContext2D, layout: FieldLayout, x: number, y: number | null, colours: FieldColours) {
  const { plot, band } = layout;
  if (x < plot.left || x > plot.right) return;
  context.save();
  context.strokeStyle = colours.muted;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, band.top);
  context.lineTo(Math.round(x) + 0.5, plot.bottom);
  if (y !== null) {
    context.moveTo(plot.left, Math.round(y) + 0.5);
    context.lineTo(plot.right, Math.round(y) + 0.5);
  }
  context.stroke();
  context.restore();
}

/** Rings that fade around cells that just got a point. */
export function drawFlashes(context: CanvasRenderingContext2D, layout: FieldLayout, grid: FieldGrid, flashes: readonly Flash[], now: number, colours: FieldColours) {
  context.save();
  for (const { column, row, at } of flashes) {
    const age = (now - at) / FLASH_MS;
    if (age < 0 || age >= 1 || !grid.holds(column)) continue;
    const { x, y, width, height } = rectOf(layout, grid, { left: column, right: column, bottom: row, top: row });
    const spread = 2 + age * 5;
    context.globalAlpha = 0.8 * (1 - age);
    context.strokeStyle = (grid.errors[grid.index(column, row)] ?? 0) > 0 ? colours.bad : colours.accent;
    context.strokeRect(x - spread, y - spread, width + 2 * spread - 1, height + 2 * spread - 1);
  }
  context.restore();
}
