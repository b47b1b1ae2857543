import { rowOf } from "./edges";
import { settle } from "./settle";

/** `[column, row, count, errors]` as the heatmap answers them; columns count from the answer's own start. */
export type HeatmapCell = readonly [number, number, number, number];

/** Where columns lie: column `n` holds starts in `[origin + n × step, origin + (n + 1) × step)`. */
export interface ColumnFrame {
  origin_ms: number;
  step_ms: number;
}

/** Planes of one question under way, see `settle`. */
interface Flight {
  before: [Uint32Array, Uint32Array];
  arrived: [Uint32Array, Uint32Array];
  history: [Uint32Array, Uint32Array] | null;
  complete: boolean;
}

/**
 * Counts and errors per cell over a sliding run of columns. Columns live in slots (`column mod capacity`), so time passing costs one
 * cleared column, never a copy.
 */
export class FieldGrid {
  readonly rows: number;
  readonly counts: Uint32Array;
  readonly errors: Uint32Array;
  /** 1 = the slot must be painted again. Whoever paints sets it back. */
  readonly dirty: Uint8Array;
  private flight: Flight | null = null;

  constructor(
    readonly frame: ColumnFrame,
    readonly edges: Float64Array,
    readonly capacity: number,
    /** The newest column kept; the oldest is `last - capacity + 1`. */
    public last: number = capacity - 1,
  ) {
    this.rows = edges.length;
    this.counts = new Uint32Array(capacity * this.rows);
    this.errors = new Uint32Array(capacity * this.rows);
    this.dirty = new Uint8Array(capacity).fill(1);
  }

  get first(): number {
    return this.last - this.capacity + 1;
  }

  columnOf(startMs: number): number {
    return Math.floor((startMs - this.frame.origin_ms) / this.frame.step_ms);
  }

  holds(column: number): boolean {
    return column >= this.first && column <= this.last;
  }

  slot(column: number): number {
    return ((column % this.capacity) + this.capacity) % this.capacity;
  }

  index(column: number, row: number): number {
    return this.slot(column) * this.rows + row;
  }

  /** Moves on so that `column` is the newest; what falls off the left is forgotten. Never moves back. */
  advance(column: number): void {
    if (column <= this.last) return;
    const from = Math.max(this.last + 1, column - this.capacity + 1);
    for (let next = from; next <= column; next += 1) this.clear(next);
    this.last = column;
  }

  /** Adds one pushed point; `-1` when it lies outside, else the index of its cell. */
  push(startMs: number, durationMs: number, error: boolean): number {
    const column = this.columnOf(startMs);
    if (!this.holds(column)) return -1;
    const at = this.index(column, rowOf(this.edges, durationMs));
    bump(this.counts, at);
    if (error) bump(this.errors, at);
    this.dirty[this.slot(column)] = 1;
    if (this.flight) this.settleCell(this.flight, at, error);
    return at;
  }

  /** A question leaves now. A second one before the first has landed starts over. */
  ask(): void {
    const blank = (): [Uint32Array, Uint32Array] => [new Uint32Array(this.counts.length), new Uint32Array(this.counts.length)];
    this.flight = { before: [this.counts.slice(), this.errors.slice()], arrived: blank(), history: null, complete: true };
  }

  /** The answer to the last `ask`: columns outside it keep what they show. */
  land(fromMs: number, toMs: number, cells: readonly HeatmapCell[], complete: boolean): void {
    const flight = this.flight;
    if (!flight) return;
    const history: [Uint32Array, Uint32Array] = [new Uint32Array(this.counts.length), new Uint32Array(this.counts.length)];
    flight.history = history;
    flight.complete = complete;
    const start = this.columnOf(fromMs + 0.5);
    for (const [offset, row, count, errors] of cells) {
      const column = start + offset;
      if (!this.holds(column) || row >= this.rows) continue;
      history[0][this.index(column, row)] = count;
      history[1][this.index(column, row)] = errors;
    }
    const end = Math.min(this.last, this.columnOf(toMs - 0.5));
    for (let column = Math.max(this.first, start); column <= end; column += 1) this.settleColumn(flight, column);
  }

  /** Points pushed from now on are surely not in the landed answer. */
  settled(): void {
    if (this.flight?.history) this.flight = null;
  }

  /** The question failed: what was pushed stays. */
  abandon(): void {
    this.flight = null;
  }

  private settleColumn(flight: Flight, column: number): void {
    const from = this.index(column, 0);
    for (let at = from; at < from + this.rows; at += 1) {
      for (const plane of [0, 1] as const) this.show(flight, plane, at);
    }
    this.dirty[this.slot(column)] = 1;
  }

  private settleCell(flight: Flight, at: number, error: boolean): void {
    bump(flight.arrived[0], at);
    if (error) bump(flight.arrived[1], at);
    if (!flight.history) return;
    this.show(flight, 0, at);
    this.show(flight, 1, at);
  }

  private show(flight: Flight, plane: 0 | 1, at: number): void {
    const shown = plane === 0 ? this.counts : this.errors;
    const history = flight.history?.[plane][at] ?? 0;
    shown[at] = settle(flight.before[plane][at] ?? 0, flight.arrived[plane][at] ?? 0, history, flight.complete);
  }

  private clear(column: number): void {
    const from = this.index(column, 0);
    const to = from + this.rows;
    for (const plane of this.planes()) plane.fill(0, from, to);
    this.dirty[this.slot(column)] = 1;
  }

  private planes(): Uint32Array[] {
    const flight = this.flight;
    const flying = flight ? [...flight.before, ...flight.arrived, ...(flight.history ?? [])] : [];
    return [this.counts, this.errors, ...flying];
  }
}

function bump(plane: Uint32Array, at: number): void {
  plane[at] = (plane[at] ?? 0) + 1;
}
