/**
 * Lines of the install page's event log, as `GET /projects/{id}/onboarding` streams them.
 *
 * SSE event name `onboarding`; the SSE id is the sequence, so a reconnecting browser goes on where it stopped.
 */
interface Line<Kind extends string> {
  v: number;
  /** Unix ms where it happened. */
  at_ms: number;
  kind: Kind;
}

export type OnboardingEvent =
  | (Line<"key_accepted"> & { key_hint: string; protocol: string; peer: string })
  | (Line<"agent_seen"> & { application: string; language: string; agent: string; version: string })
  | (Line<"clock_offset"> & { application: string; offset_ms: number })
  | (Line<"first_span"> & { application: string; trace_id: string; operation: string })
  | (Line<"first_signal"> & { signal: string; application: string })
  | (Line<"refused"> & { reason: string; detail: string; peer: string })
  | (Line<"rejected"> & { signal: string; count: number; reason: string })
  | (Line<"put_aside"> & { signal: string; bytes: number; reason: string })
  | (Line<"test_trace"> & { trace_id: string });

const KINDS: ReadonlySet<string> = new Set([
  "key_accepted",
  "agent_seen",
  "clock_offset",
  "first_span",
  "first_signal",
  "refused",
  "rejected",
  "put_aside",
  "test_trace",
]);

/** Parses one SSE data text; kinds a newer server may send are left out rather than shown broken. */
export function parseOnboardingEvent(data: string): OnboardingEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("kind" in value) || !("at_ms" in value)) return null;
  return typeof value.kind === "string" && KINDS.has(value.kind) ? (value as OnboardingEvent) : null;
}
