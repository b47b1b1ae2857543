import { edgesOf, sameEdges, type FieldScale } from "./edges";
import { FieldGrid, type HeatmapCell } from "./grid";
import { PointRing, type FieldPoint } from "./ring";
import { originOf, refreshMs, stepOf, windowAt, windowLength, type FieldWindow } from "./window";

/** What the field shows. `key` names what the transactions are filtered by; another key is another picture. */
export interface FieldView {
  key: string;
  window: FieldWindow;
  scale: FieldScale;
  /** Where the open row at the top begins. */
  max_ms: number;
}

export interface HeatmapQuestion {
  from_ms: number;
  to_ms: number;
  step_ms: number;
  scale: FieldScale;
  max_ms: number;
}

export interface HeatmapAnswer {
  from_ms: number;
  to_ms: number;
  edges_ms: number[];
  cells: readonly HeatmapCell[];
  /** False when a part of the newest data could not be read. */
  complete: boolean;
}

export type AskHeatmap = (question: HeatmapQuestion, signal: AbortSignal) => Promise<HeatmapAnswer>;

export type FieldStatus = { kind: "loading" } | { kind: "ready"; complete: boolean } | { kind: "failed"; error: unknown };

/** A push that became visible to a question may reach us this much later. */
const SETTLE_MS = 600;
/** Room to the right of now: clocks of agents run ahead a little. */
const SPARE_COLUMNS = 2;

export interface FieldModelOptions {
  ask: AskHeatmap;
  /** Unix ms by the server's clock. */
  now: () => number;
  ring?: PointRing;
}

/**
 * What the Transaction Field knows: a grid of history and pushed points, asked again as time passes. Nothing here draws.
 *
 * A new shape (size, scale, window) is built beside the one on screen and takes its place when its history has come, so that the
 * field is never blank. Only another key empties it: nobody's transactions stand under another's name.
 */
export class FieldModel {
  grid: FieldGrid | null = null;
  /** The view `grid` was built for. */
  shown: FieldView | null = null;
  status: FieldStatus = { kind: "loading" };
  /** Grows with every change. */
  version = 0;

  private view: FieldView | null = null;
  private columns = 0;
  private next: FieldGrid | null = null;
  private readonly ring: PointRing;
  private readonly listeners = new Set<(pushed: readonly FieldPoint[]) => void>();
  private question: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: FieldModelOptions) {
    this.ring = options.ring ?? new PointRing();
  }

  /** Hears every change, with the points if it was a push. */
  subscribe(listener: (pushed: readonly FieldPoint[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Shows another view, or the same at another width. */
  show(view: FieldView, columns: number): void {
    const before = this.view;
    if (before && columns === this.columns && JSON.stringify(before) === JSON.stringify(view)) return;
    const others = before !== null && before.key !== view.key;
    if (others) this.forget();
    this.view = view;
    this.columns = columns;
    this.next = this.build(view, edgesOf(view.scale, view.max_ms));
    void this.load();
    if (others) this.changed();
  }

  push(points: readonly FieldPoint[]): void {
    this.advance();
    for (const point of points) {
      this.ring.push(point);
      this.grid?.push(point.start_ms, point.duration_ms, point.error);
      this.next?.push(point.start_ms, point.duration_ms, point.error);
    }
    if (points.length > 0) this.changed(points);
  }

  /** Moves the sliding window to now; true when a new column opened. */
  advance(): boolean {
    const before = this.grid?.last;
    for (const grid of [this.grid, this.next]) {
      if (grid && this.view?.window.kind === "sliding") grid.advance(grid.columnOf(this.options.now()) + SPARE_COLUMNS);
    }
    return this.grid?.last !== before;
  }

  /** Asks the history again now. */
  refresh(): void {
    void this.load();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.question?.abort();
    this.question = null;
    this.view = null;
  }

  /** The stretch of time on screen. */
  window(): { from_ms: number; to_ms: number } | null {
    return this.shown ? windowAt(this.shown.window, this.options.now()) : null;
  }

  /** What is on screen belongs to somebody else than who is asked for now. */
  private forget(): void {
    this.ring.clear();
    this.grid = null;
    this.shown = null;
    this.status = { kind: "loading" };
  }

  private build(view: FieldView, edges: Float64Array): FieldGrid {
    const length = windowLength(view.window);
    const step = stepOf(length, this.columns);
    const { from_ms } = windowAt(view.window, this.options.now());
    const sliding = view.window.kind === "sliding";
    // A sliding field's columns stand on multiples of their step, so that a reload cuts the same columns.
    const origin = sliding ? Math.floor(from_ms / step) * step : originOf(from_ms, step);
    // A sliding window shows a part of one column more, wherever in a column it began; a fixed one what lies before it in its first.
    const shown = sliding ? length : from_ms + length - origin;
    const capacity = Math.max(1, Math.ceil(shown / step)) + (sliding ? SPARE_COLUMNS + 1 : 0);
    const grid = new FieldGrid({ origin_ms: origin, step_ms: step }, edges, capacity);
    this.ring.forEach((start, duration, error) => grid.push(start, duration, error));
    return grid;
  }

  private async load(): Promise<void> {
    const view = this.view;
    if (!view) return;
    clearTimeout(this.timer);
    this.question?.abort();
    const question = new AbortController();
    this.question = question;
    this.advance();
    const grid = this.next ?? this.grid;
    if (!grid) return;
    grid.ask();
    try {
      const answer = await this.options.ask(questionOf(grid, view), question.signal);
      if (question.signal.aborted) return;
      this.land(view, grid, answer);
      this.timer = setTimeout(() => this.afterLanding(), SETTLE_MS);
    } catch (error) {
      if (question.signal.aborted) return;
      grid.abandon();
      this.status = { kind: "failed", error };
      this.again(view);
    }
    this.changed();
  }

  private land(view: FieldView, asked: FieldGrid, answer: HeatmapAnswer): void {
    let grid = asked;
    if (!sameEdges(asked.edges, answer.edges_ms)) {
      grid = this.build(view, Float64Array.from(answer.edges_ms));
      grid.ask();
    }
    grid.land(answer.from_ms, answer.to_ms, answer.cells, answer.complete);
    this.grid = grid;
    this.shown = view;
    this.next = null;
    this.status = { kind: "ready", complete: answer.complete };
  }

  private afterLanding(): void {
    this.grid?.settled();
    if (this.view) this.again(this.view);
  }

  private again(view: FieldView): void {
    if (view.window.kind === "fixed" && this.status.kind === "ready" && this.status.complete) return;
    this.timer = setTimeout(() => void this.load(), refreshMs(windowLength(view.window)));
  }

  private changed(pushed: readonly FieldPoint[] = []): void {
    this.version += 1;
    for (const listener of this.listeners) listener(pushed);
  }
}

function questionOf(grid: FieldGrid, view: FieldView): HeatmapQuestion {
  const { origin_ms, step_ms } = grid.frame;
  const to = origin_ms + (grid.last + 1) * step_ms;
  return {
    from_ms: origin_ms + grid.first * step_ms,
    to_ms: view.window.kind === "fixed" ? view.window.to_ms : to,
    step_ms,
    scale: view.scale,
    max_ms: view.max_ms,
  };
}
