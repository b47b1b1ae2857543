import type { ServerResponse } from "node:http";
import type { OnboardingEvent } from "@naru/api";

/** An agent's first minute: one wrong try, then a key, an agent, a skewed clock and a first span. */
function minute(startMs: number): OnboardingEvent[] {
  return [
    { v: 1, at_ms: startMs, kind: "refused", reason: "http1_on_grpc_port", detail: "HTTP/1.1 request on the gRPC port", peer: "10.4.1.9" },
    { v: 1, at_ms: startMs + 28_000, kind: "key_accepted", key_hint: "nlk_ap-ne2_Xq…7Qd2", protocol: "http/protobuf", peer: "10.4.1.9" },
    { v: 1, at_ms: startMs + 28_100, kind: "agent_seen", application: "checkout", language: "python", agent: "opentelemetry", version: "1.45.1" },
    { v: 1, at_ms: startMs + 28_200, kind: "clock_offset", application: "checkout", offset_ms: 540_000 },
    { v: 1, at_ms: startMs + 30_000, kind: "first_span", application: "checkout", trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", operation: "POST /orders" },
  ];
}

export function playOnboarding(response: ServerResponse, arriving: boolean): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": open\n\n");
  if (!arriving) return;
  minute(Date.now() - 31_000).forEach((event, index) => {
    response.write(`event: onboarding\nid: ${index + 1}\ndata: ${JSON.stringify(event)}\n\n`);
  });
}
