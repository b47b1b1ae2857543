import type { ServerResponse } from "node:http";
import type { Apm } from "@naru/api";
import { transactionsOf } from "./transactions.ts";

const EVERY_MS = 200;
/** From the end of a request until it can be queried. */
const DELAY_MS = 900;

/** Pushes what became known since the last push until the browser leaves; `quiet` says hello only. */
export function follow(response: ServerResponse, quiet: boolean): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send("hello", { server_ms: Date.now() } satisfies Apm.LiveHello);
  let from = Date.now() - DELAY_MS;
  const timer = setInterval(() => {
    const to = Date.now() - DELAY_MS;
    const points = quiet ? [] : ended(from, to);
    from = to;
    if (points.length > 0) send("transactions", { points, omitted: 0 } satisfies Apm.LiveTransactions);
  }, EVERY_MS);
  response.on("close", () => clearInterval(timer));
}

function ended(fromMs: number, toMs: number): Apm.LivePoint[] {
  const points: Apm.LivePoint[] = [];
  for (let second = Math.floor(fromMs / 1000) - 12; second * 1000 <= toMs; second += 1) {
    for (const one of transactionsOf(second)) {
      const end = one.start_ms + one.duration_ms;
      if (end < fromMs || end >= toMs) continue;
      const { start_ms, duration_ms, application, instance, operation, trace_id, span_id } = one;
      points.push({ start_ms, duration_ms, application, instance, operation, trace_id, span_id, error: one.status === "error" });
    }
  }
  return points;
}
