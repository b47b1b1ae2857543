/** What a reader is told about the connection: `retrying` means data may be late, nothing more. */
export type StreamState = "connecting" | "open" | "retrying";

/** Called with the data text and the SSE id (`""` when the server sent none). */
export type StreamHandler = (data: string, id: string) => void;

export interface StreamOptions {
  /** One handler per SSE event name. */
  on: Record<string, StreamHandler>;
  onState?: (state: StreamState) => void;
  /** For tests. */
  source?: (url: string) => EventSource;
}

const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 15_000;

/**
 * Follows a server-sent event stream until the returned function is called.
 *
 * A browser reconnects by itself after a dropped connection, but gives up for good on an HTTP error (a gateway's 503 during a
 * restart). This opens a new stream then, after 1 s, doubling up to 15 s. A new stream starts from the beginning, so handlers
 * must accept an id they have seen.
 */
export function openEventStream(url: string, options: StreamOptions): () => void {
  const open = options.source ?? ((address: string) => new EventSource(address));
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = RETRY_MS_MIN;

  function connect() {
    const current = open(url);
    source = current;
    current.onopen = () => {
      retryMs = RETRY_MS_MIN;
      options.onState?.("open");
    };
    current.onerror = () => {
      options.onState?.("retrying");
      if (current.readyState !== 2 /* EventSource.CLOSED */) return;
      current.close();
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
    };
    for (const [name, handle] of Object.entries(options.on)) {
      current.addEventListener(name, (event: MessageEvent<string>) => handle(event.data, event.lastEventId));
    }
  }

  options.onState?.("connecting");
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
