import { followCursor, moveCursor } from "../cursor/cursorBus";
import { boxOfCells, cellBox, cellsOfBox } from "./box";
import { rowOf } from "./edges";
import { FieldCanvas } from "./FieldCanvas";
import type { FieldModel } from "./FieldModel";
import { firstBox, moveBox } from "./keys";
import { cellAt, columnsFor, msOf, xOf } from "./layout";
import { drawBox, drawCross, drawFlashes, FLASH_MS, type Flash } from "./marks";
import type { FieldPoint } from "./ring";
import type { StageEvents, StageLook } from "./stage";
import { totalsOf, type CellBox } from "./totals";

/** More rings at once would only flicker: they are for quiet applications, where each dot counts. */
const FLASHES_MAX = 10;
const FLASHES_PER_PUSH = 3;

interface Point {
  x: number;
  y: number;
}

/** Pointer, keyboard and frames of one Transaction Field: two canvases, cells below, marks above. */
export class FieldStage {
  private readonly cells: FieldCanvas;
  private readonly size = { width: 0, height: 0, ratio: 1 };
  private look: StageLook | null = null;
  private hover: Point | null = null;
  private dragFrom: Point | null = null;
  private keyBox: CellBox | null = null;
  private linkedMs: number | null = null;
  private flashes: Flash[] = [];
  private frame = 0;
  private slide: ReturnType<typeof setTimeout> | undefined;
  private stale = { cells: true, marks: true };
  private readonly unsubscribe: () => void;
  private unfollow: () => void = () => {};

  constructor(
    private readonly model: FieldModel,
    base: HTMLCanvasElement,
    private readonly marks: HTMLCanvasElement,
    private readonly events: StageEvents,
  ) {
    this.cells = new FieldCanvas(base);
    const changed = (pushed: readonly FieldPoint[]) => {
      this.flash(pushed);
      this.invalidate("cells");
    };
    this.unsubscribe = model.subscribe(changed);
  }

  setLook(look: StageLook): void {
    if (this.look?.syncKey !== look.syncKey) {
      this.unfollow();
      this.linkedMs = null;
      this.unfollow = followCursor(look.syncKey, (at, source) => source !== this && this.link(at));
    }
    this.look = look;
    this.showView();
    this.invalidate("cells");
  }

  resize(width: number, height: number, ratio: number): void {
    Object.assign(this.size, { width, height, ratio });
    this.showView();
    this.invalidate("cells");
  }

  /** Rings around what was just pushed; many at once would only flicker. */
  private flash(points: readonly FieldPoint[]): void {
    const grid = this.model.grid;
    if (!grid || this.look?.still || points.length > FLASHES_PER_PUSH || this.flashes.length >= FLASHES_MAX) return;
    const at = performance.now();
    for (const { start_ms, duration_ms } of points) this.flashes.push({ column: grid.columnOf(start_ms), row: rowOf(grid.edges, duration_ms), at });
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.slide);
    this.unsubscribe();
    this.unfollow();
  }

  pointerDown(at: Point): void {
    this.keyBox = null;
    this.dragFrom = at;
    this.hover = at;
    this.invalidate("marks");
  }

  pointerMove(at: Point): void {
    this.hover = at;
    const layout = this.cells.layout;
    if (layout && this.look) moveCursor(this.look.syncKey, msOf(layout, at.x), this);
    this.invalidate("marks");
  }

  pointerUp(at: Point): void {
    const from = this.dragFrom;
    this.dragFrom = null;
    if (from) this.choose(this.cellsBetween(from, at, Math.hypot(at.x - from.x, at.y - from.y) < 4));
  }

  pointerLeave(): void {
    if (this.dragFrom) return;
    this.hover = null;
    if (this.look) moveCursor(this.look.syncKey, null, this);
    this.events.onHover(null);
    this.invalidate("marks");
  }

  pointerCancel(): void {
    this.dragFrom = null;
    this.pointerLeave();
  }

  /** True when the key meant something here. */
  key(key: string, shift: boolean, fast: boolean): boolean {
    const grid = this.model.grid;
    if (!grid) return false;
    if (key === "Enter" && this.keyBox) return this.choose(this.keyBox);
    if (key === "Escape") return this.escape();
    const moved = moveBox(grid, this.keyBox ?? this.startBox(grid), key, shift, fast);
    if (!moved) return false;
    this.keyBox = moved;
    this.invalidate("marks");
    return true;
  }

  private escape(): boolean {
    const had = this.keyBox !== null || this.dragFrom !== null || this.look?.selection !== null;
    this.keyBox = null;
    this.dragFrom = null;
    this.events.onClear();
    this.invalidate("marks");
    return had;
  }

  private startBox(grid: NonNullable<FieldModel["grid"]>): CellBox {
    const selection = this.look?.selection;
    return selection ? cellsOfBox(grid, selection) : firstBox(grid);
  }

  private choose(box: CellBox | null): boolean {
    const grid = this.model.grid;
    if (!grid || !box) return false;
    this.keyBox = null;
    this.events.onSelect(boxOfCells(grid, box), totalsOf(grid, box));
    this.invalidate("marks");
    return true;
  }

  /** A drag covers the cells it touched; a click its cell and the neighbours. */
  private cellsBetween(from: Point, to: Point, click: boolean): CellBox | null {
    const { layout } = this.cells;
    const grid = this.model.grid;
    if (!layout || !grid) return null;
    const [a, b] = [cellAt(layout, grid, from.x, from.y), cellAt(layout, grid, to.x, to.y)];
    const reach = click ? 1 : 0;
    return cellBox(
      grid,
      { column: Math.min(a.column, b.column) - reach, row: Math.min(a.row, b.row) - reach },
      { column: Math.max(a.column, b.column) + reach, row: Math.max(a.row, b.row) + reach },
    );
  }

  private link(atMs: number | null): void {
    this.linkedMs = atMs;
    this.invalidate("marks");
  }

  private showView(): void {
    if (this.look && this.size.width > 0) this.model.show(this.look.view, columnsFor(this.size.width));
  }

  private invalidate(what: "cells" | "marks"): void {
    this.stale[what] = true;
    this.stale.marks = true;
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  private draw(now: number): void {
    this.frame = 0;
    const { look, model } = this;
    if (!look || this.size.width === 0) return;
    if (this.stale.cells) {
      model.advance();
      this.stale.cells = false;
      this.cells.draw(model, this.size, look.colours, look.words);
      this.slideOn();
    }
    if (this.stale.marks) this.drawMarks(look, now);
    this.flashes = this.flashes.filter((flash) => now - flash.at < FLASH_MS);
    if (this.flashes.length > 0) this.invalidate("marks");
  }

  /** A sliding window moves by one device pixel at a time; between these moments nothing is drawn. */
  private slideOn(): void {
    clearTimeout(this.slide);
    const { layout } = this.cells;
    if (!layout || this.model.shown?.window.kind !== "sliding") return;
    const pixels = (layout.plot.right - layout.plot.left) * this.size.ratio;
    const everyMs = (layout.to_ms - layout.from_ms) / pixels;
    const step = this.look?.still ? (this.model.grid?.frame.step_ms ?? 1000) : everyMs;
    this.slide = setTimeout(() => this.invalidate("cells"), Math.max(16, step));
  }

  private drawMarks(look: StageLook, now: number): void {
    this.stale.marks = false;
    const context = this.marks.getContext("2d");
    const { layout } = this.cells;
    const grid = this.model.grid;
    if (!context || !layout || !grid) return;
    const { width, height, ratio } = this.size;
    if (this.marks.width !== Math.round(width * ratio)) this.marks.width = Math.round(width * ratio);
    if (this.marks.height !== Math.round(height * ratio)) this.marks.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    drawFlashes(context, layout, grid, this.flashes, now, look.colours);
    if (look.selection) drawBox(context, layout, grid, cellsOfBox(grid, look.selection), look.colours, true);
    const pending = this.dragFrom && this.hover ? this.cellsBetween(this.dragFrom, this.hover, false) : this.keyBox;
    if (pending) drawBox(context, layout, grid, pending, look.colours, false);
    if (this.hover) drawCross(context, layout, this.hover.x, this.hover.y, look.colours);
    else if (this.linkedMs !== null) drawCross(context, layout, xOf(layout, this.linkedMs), null, look.colours);
    this.tell(pending);
  }

  private tell(pending: CellBox | null): void {
    const { layout } = this.cells;
    const grid = this.model.grid;
    if (!layout || !grid) return;
    const at = this.hover;
    const box = pending ?? (at ? this.cellsBetween(at, at, false) : null);
    if (!box) return this.events.onHover(null);
    const corner = at ?? { x: xOf(layout, boxOfCells(grid, box).to_ms), y: layout.plot.top };
    this.events.onHover({ ...totalsOf(grid, box), box: boxOfCells(grid, box), ...corner });
  }
}
