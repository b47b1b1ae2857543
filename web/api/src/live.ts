/** SSE of `GET /projects/{id}/live`: `hello` first, then `transactions`. */
export interface LiveHello {
  server_ms: number;
}

export interface LivePoint {
  start_ms: number;
  duration_ms: number;
  error: boolean;
  application: string;
  instance: string | null;
  operation: string;
  trace_id: string;
  span_id: string;
}

export interface LiveTransactions {
  points: LivePoint[];
  /** Left out because there were too many at once. */
  omitted: number;
}
