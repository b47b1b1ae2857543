/** One transaction as it is pushed. `start_ms` is unix ms. */
export interface FieldPoint {
  start_ms: number;
  duration_ms: number;
  error: boolean;
}

/** How many pushed points a page keeps: five minutes at 1,600 a second. */
export const RING_POINTS = 1 << 19;

/**
 * The newest pushed points in typed arrays, oldest overwritten first. 17 bytes a point, nothing allocated after the start.
 *
 * Kept so that another scale or size of the field can be filled at once, before its history arrives.
 */
export class PointRing {
  private readonly starts: Float64Array;
  private readonly durations: Float64Array;
  private readonly errors: Uint8Array;
  private written = 0;

  constructor(readonly capacity: number = RING_POINTS) {
    this.starts = new Float64Array(capacity);
    this.durations = new Float64Array(capacity);
    this.errors = new Uint8Array(capacity);
  }

  get size(): number {
    return Math.min(this.written, this.capacity);
  }

  push(point: FieldPoint): void {
    const slot = this.written % this.capacity;
    this.starts[slot] = point.start_ms;
    this.durations[slot] = point.duration_ms;
    this.errors[slot] = point.error ? 1 : 0;
    this.written += 1;
  }

  clear(): void {
    this.written = 0;
  }

  /** Oldest first. */
  forEach(visit: (startMs: number, durationMs: number, error: boolean) => void): void {
    for (let index = this.written - this.size; index < this.written; index += 1) {
      const slot = index % this.capacity;
      visit(this.starts[slot] ?? 0, this.durations[slot] ?? 0, this.errors[slot] === 1);
    }
  }
}
