import { vi } from "vitest";

/** Stands in for the browser's event streams in tests; jsdom has none. */
export class FakeStream extends EventTarget {
  static all: FakeStream[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  constructor(readonly url: string) {
    super();
    FakeStream.all.push(this);
  }

  close(): void {
    this.closed = true;
    this.readyState = 2;
  }

  say(event: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
  }

  /** Those that are open now. */
  static open(): FakeStream[] {
    return FakeStream.all.filter(({ closed }) => !closed);
  }

  static install(): void {
    FakeStream.all = [];
    vi.stubGlobal("EventSource", FakeStream);
  }
}

/** A pushed transaction. */
export const point = (application = "shop", start_ms = 0) => ({ start_ms, duration_ms: 12, error: false, application, instance: null, operation: "GET /", trace_id: "t", span_id: "s" });
