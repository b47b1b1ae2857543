import type { FieldColours } from "./colours";
import type { FieldView } from "./FieldModel";
import type { FieldGrid } from "./grid";
import { MARGIN, xOf, yOfDuration, type FieldLayout } from "./layout";
import { durationTicks, timeTicks } from "./ticks";
import { totalsOf, type Totals } from "./totals";

/** Labels in the reader's language. */
export interface AxisWords {
  duration: (ms: number) => string;
  time: (ms: number, style: "time" | "minute" | "day") => string;
  /** `3 over`: how many lie in the open row. */
  over: (count: number) => string;
}

const LABEL_SPACING_PX = 96;
const LABEL_HEIGHT_PX = 15;

/** Grid lines and labels, the band of the open row with its count. */
export function drawAxes(
  context: CanvasRenderingContext2D,
  layout: FieldLayout,
  grid: FieldGrid,
  view: FieldView,
  colours: FieldColours,
  words: AxisWords,
): void {
  context.font = `11px ${colours.font}`;
  context.lineWidth = 1;
  drawBand(context, layout, grid, colours, words);
  drawDurations(context, layout, grid, view, colours, words);
  drawTimes(context, layout, colours, words);
}

function drawBand(context: CanvasRenderingContext2D, layout: FieldLayout, grid: FieldGrid, colours: FieldColours, words: AxisWords) {
  const { plot, band } = layout;
  // Red is a finding: an open row that holds nothing is only a place.
  context.fillStyle = overOf(grid).count > 0 ? colours.badSoft : colours.raised;
  context.fillRect(plot.left, band.top, plot.right - plot.left, band.bottom - band.top);
  context.fillStyle = colours.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const top = grid.edges[grid.rows - 1] ?? 0;
  context.fillText(`> ${words.duration(top)}`, plot.left - 8, (band.top + band.bottom) / 2 + 1);
}

/** How many lie in the open row: the band is thin, and what it holds matters most. Drawn over the cells. */
export function drawOverCount(context: CanvasRenderingContext2D, layout: FieldLayout, grid: FieldGrid, colours: FieldColours, words: AxisWords) {
  const over = overOf(grid);
  if (over.count === 0) return;
  const { plot, band } = layout;
  context.font = `600 10px ${colours.font}`;
  const text = words.over(over.count);
  const width = context.measureText(text).width + 10;
  context.fillStyle = colours.panel;
  context.fillRect(plot.right - width, band.top, width, band.bottom - band.top);
  context.fillStyle = colours.bad;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(text, plot.right - 5, (band.top + band.bottom) / 2 + 1);
}

/** What the open row holds. */
export function overOf(grid: FieldGrid): Totals {
  const open = grid.rows - 1;
  return totalsOf(grid, { left: grid.first, right: grid.last, bottom: open, top: open });
}

function drawDurations(
  context: CanvasRenderingContext2D,
  layout: FieldLayout,
  grid: FieldGrid,
  view: FieldView,
  colours: FieldColours,
  words: AxisWords,
) {
  const top = grid.edges[grid.rows - 1] ?? view.max_ms;
  // The band above is labelled with the top of the plot; its own tick would stand in the way.
  let lastLabel = Infinity;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of durationTicks(view.scale, top)) {
    const y = Math.round(yOfDuration(layout, grid, view.scale, tick)) + 0.5;
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(layout.plot.left, y);
    context.lineTo(layout.plot.right, y);
    context.stroke();
    if (lastLabel - y < LABEL_HEIGHT_PX || y - layout.band.bottom < LABEL_HEIGHT_PX) continue;
    lastLabel = y;
    context.fillStyle = colours.muted;
    context.fillText(words.duration(tick), layout.plot.left - 8, Math.min(y, layout.plot.bottom - 4));
  }
}

function drawTimes(context: CanvasRenderingContext2D, layout: FieldLayout, colours: FieldColours, words: AxisWords) {
  const { plot } = layout;
  const offsetMs = -new Date(layout.to_ms).getTimezoneOffset() * 60_000;
  const ticks = timeTicks(layout.from_ms, layout.to_ms, plot.right - plot.left, LABEL_SPACING_PX, offsetMs);
  context.textBaseline = "top";
  context.textAlign = "center";
  context.fillStyle = colours.muted;
  for (const at of ticks.at) {
    const x = xOf(layout, at);
    const text = words.time(at, ticks.style);
    const half = context.measureText(text).width / 2;
    if (x - half < plot.left - MARGIN.left / 2 || x + half > layout.width) continue;
    context.fillText(text, x, plot.bottom + 8);
    context.fillRect(Math.round(x), plot.bottom + 2, 1, 3);
  }
}

