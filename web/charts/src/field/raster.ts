import type { FieldGrid } from "./grid";
import { LEVELS, levelTable, type FieldPalette } from "./palette";

/** Device pixels of one cell, the gap to its neighbour included. */
export interface CellSize {
  width: number;
  height: number;
}

/**
 * Pixels of all slots of a grid, highest row at the top. Painting a column costs its pixels only, however many transactions it holds:
 * half a million points are as cheap to draw as ten.
 */
export class FieldRaster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;

  constructor(
    private readonly grid: FieldGrid,
    private readonly cell: CellSize,
  ) {
    this.width = grid.capacity * cell.width;
    this.height = grid.rows * cell.height;
    this.pixels = new Uint32Array(this.width * this.height);
  }

  /** Paints the columns that changed and returns the slots that did. `most` = the fullest cell the colours reach up to. */
  paint(palette: FieldPalette, most: number): number[] {
    const level = levelTable(most);
    const painted: number[] = [];
    for (let slot = 0; slot < this.grid.capacity; slot += 1) {
      if (this.grid.dirty[slot] === 0) continue;
      this.grid.dirty[slot] = 0;
      this.paintSlot(slot, palette, level);
      painted.push(slot);
    }
    return painted;
  }

  private paintSlot(slot: number, palette: FieldPalette, level: (count: number) => number): void {
    const { rows, counts, errors } = this.grid;
    for (let row = 0; row < rows; row += 1) {
      const at = slot * rows + row;
      const count = counts[at] ?? 0;
      const failed = errors[at] ?? 0;
      // Red is for cells that mostly failed: one failure among hundreds is a mark, or a busy field would look like a fire.
      const isFailed = failed * 2 >= count;
      const ramp = isFailed ? palette.failed : palette.density;
      const colour = count === 0 ? 0 : (ramp[level(isFailed ? failed : count)] ?? 0);
      const mark = isFailed ? palette.mark : (palette.failed[LEVELS >> 1] ?? 0);
      this.fillCell(slot, rows - 1 - row, colour, failed > 0 ? mark : null);
    }
  }

  /** A cell with failures carries a mark in its middle; one too small for that, along its left edge. */
  private fillCell(slot: number, line: number, colour: number, mark: number | null): void {
    const { width, height } = this.cell;
    const left = slot * width;
    const top = line * height;
    const gap = width >= 4 && height >= 4 ? Math.max(1, Math.round(width / 6)) : 0;
    for (let y = 0; y < height; y += 1) {
      const from = (top + y) * this.width + left;
      const inGap = y >= height - gap;
      this.pixels.fill(inGap ? 0 : colour, from, from + width - gap);
      this.pixels.fill(0, from + width - gap, from + width);
    }
    if (mark === null) return;
    if (width - gap < 3) {
      for (let y = 0; y < height - gap; y += 1) this.pixels[(top + y) * this.width + left] = mark;
      return;
    }
    const size = Math.max(1, Math.round((width - gap) / 4));
    const x = left + Math.floor((width - gap - size) / 2);
    const y = top + Math.floor((height - gap - size) / 2);
    for (let markLine = y; markLine < y + size; markLine += 1) this.pixels.fill(mark, markLine * this.width + x, markLine * this.width + x + size);
  }
}
