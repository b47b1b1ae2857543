import type { FieldModel } from "./FieldModel";
import type { FieldGrid } from "./grid";
import { drawAxes, drawOverCount, type AxisWords } from "./axes";
import type { FieldColours } from "./colours";
import { layoutOf, rowHeight, xOf, type FieldLayout } from "./layout";
import { paletteOf } from "./palette";
import { FieldRaster } from "./raster";
import { fullest } from "./totals";

/**
 * Draws a `FieldModel` on a canvas. Changed columns are painted into a bitmap; a frame then copies at most two stretches of that
 * bitmap, whatever the number of transactions.
 */
export class FieldCanvas {
  layout: FieldLayout | null = null;
  private readonly bitmap = document.createElement("canvas");
  private raster: FieldRaster | null = null;
  private image: ImageData | null = null;
  private paintedGrid: FieldGrid | null = null;
  private paintedKey = "";

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Draws one frame; false when there is nothing to show yet. */
  draw(model: FieldModel, size: { width: number; height: number; ratio: number }, colours: FieldColours, words: AxisWords): boolean {
    const context = this.canvas.getContext("2d");
    const window = model.window();
    if (!context) return false;
    if (!window || !model.grid || !model.shown) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      this.layout = null;
      return false;
    }
    fit(this.canvas, size);
    this.layout = layoutOf(size.width, size.height, window);
    this.paint(model.grid, this.layout, size.ratio, colours.scheme);
    context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    drawAxes(context, this.layout, model.grid, model.shown, colours, words);
    this.copy(context, model.grid, this.layout, size.ratio);
    drawOverCount(context, this.layout, model.grid, colours, words);
    return true;
  }

  /** Brings the bitmap up to the grid. */
  private paint(grid: FieldGrid, layout: FieldLayout, ratio: number, scheme: "dark" | "light"): void {
    const columnPx = ((layout.plot.right - layout.plot.left) * grid.frame.step_ms) / (layout.to_ms - layout.from_ms);
    const cell = {
      width: Math.max(1, Math.round(columnPx * ratio)),
      height: Math.max(1, Math.round(rowHeight(layout, grid) * ratio)),
    };
    const most = fullest(grid);
    const key = `${cell.width}×${cell.height} ${scheme} ${Math.ceil(Math.log2(Math.max(most, 8)))}`;
    if (grid !== this.paintedGrid || key !== this.paintedKey) {
      grid.dirty.fill(1);
      this.raster = new FieldRaster(grid, cell);
      this.image = null;
      this.paintedGrid = grid;
      this.paintedKey = key;
    }
    if (!this.raster) return;
    const painted = this.raster.paint(paletteOf(scheme), most);
    this.upload(this.raster, painted, cell.width);
  }

  private upload(raster: FieldRaster, slots: number[], cellWidth: number): void {
    const context = this.bitmap.getContext("2d");
    if (!context || slots.length === 0) return;
    if (!this.image) {
      this.bitmap.width = raster.width;
      this.bitmap.height = raster.height;
      const bytes = new Uint8ClampedArray(raster.pixels.buffer as ArrayBuffer);
      this.image = new ImageData(bytes, raster.width, raster.height);
    }
    for (const slot of slots) context.putImageData(this.image, 0, 0, slot * cellWidth, 0, cellWidth, raster.height);
  }

  private copy(context: CanvasRenderingContext2D, grid: FieldGrid, layout: FieldLayout, ratio: number): void {
    if (!this.raster) return;
    const { plot, band } = layout;
    context.save();
    context.beginPath();
    context.rect(plot.left, 0, plot.right - plot.left, plot.bottom);
    context.clip();
    context.imageSmoothingEnabled = false;
    const { origin_ms, step_ms } = grid.frame;
    const cellWidth = this.raster.width / grid.capacity;
    const line = this.raster.height / grid.rows;
    for (const [first, last] of runs(grid)) {
      const snap = (value: number) => Math.round(value * ratio) / ratio;
      const x = snap(xOf(layout, origin_ms + first * step_ms));
      const from = grid.slot(first) * cellWidth;
      const length = (last - first + 1) * cellWidth;
      const wanted = snap(xOf(layout, origin_ms + (last + 1) * step_ms)) - x;
      // A pixel more or less over the whole width is invisible; stretching by it would blur the raster.
      const width = Math.abs(wanted * ratio - length) < 2.5 ? length / ratio : wanted;
      context.drawImage(this.bitmap, from, line, length, this.raster.height - line, x, plot.top, width, plot.bottom - plot.top);
      context.drawImage(this.bitmap, from, 0, length, line, x, band.top + 1, width, band.bottom - band.top - 2);
    }
    context.restore();
  }
}

/** The kept columns as runs whose slots lie side by side: one, or two where the ring wraps. */
function runs(grid: FieldGrid): [number, number][] {
  const untilWrap = grid.capacity - grid.slot(grid.first);
  if (untilWrap >= grid.capacity) return [[grid.first, grid.last]];
  const middle = grid.first + untilWrap;
  return [
    [grid.first, middle - 1],
    [middle, grid.last],
  ];
}

function fit(canvas: HTMLCanvasElement, size: { width: number; height: number; ratio: number }): void {
  const width = Math.round(size.width * size.ratio);
  const height = Math.round(size.height * size.ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
