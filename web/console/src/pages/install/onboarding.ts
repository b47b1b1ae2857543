import type { OnboardingEvent } from "@naru/api";

/** One line of the event log. `id` is the server's sequence. */
export interface LogLine {
  id: string;
  event: OnboardingEvent;
}

export type Phase = "waiting" | "refused" | "connected" | "receiving";

export interface Onboarding {
  /** Oldest first. */
  lines: readonly LogLine[];
  /** Unix ms of the project's first span; null until it arrives. */
  firstSpanMs: number | null;
  /** Unix ms of the newest line that says data came; null = none of them does. */
  lastDataMs: number | null;
  phase: Phase;
}

export const NO_EVENTS: Onboarding = { lines: [], firstSpanMs: null, lastDataMs: null, phase: "waiting" };

/** As many as the server keeps per project. */
const LINES_MAX = 200;

/** Adds one event. A reconnect repeats history, so an id that is there already changes nothing. */
export function addEvent(state: Onboarding, id: string, event: OnboardingEvent): Onboarding {
  if (id !== "" && state.lines.some((line) => line.id === id)) return state;
  const lines = [...state.lines, { id, event }]
    .sort((a, b) => a.event.at_ms - b.event.at_ms || sequence(a.id) - sequence(b.id))
    .slice(-LINES_MAX);
  const firstSpanMs =
    event.kind === "first_span" ? Math.min(event.at_ms, state.firstSpanMs ?? event.at_ms) : state.firstSpanMs;
  const isData = event.kind === "first_span" || event.kind === "first_signal";
  const lastDataMs = isData ? Math.max(event.at_ms, state.lastDataMs ?? event.at_ms) : state.lastDataMs;
  return { lines, firstSpanMs, lastDataMs, phase: phaseOf(lines, firstSpanMs) };
}

/** Data once arrived stays "receiving"; before that, the newest word counts. */
function phaseOf(lines: readonly LogLine[], firstSpanMs: number | null): Phase {
  if (firstSpanMs !== null) return "receiving";
  for (const { event } of [...lines].reverse()) {
    if (event.kind === "refused") return "refused";
    if (event.kind === "first_signal") return "receiving";
    if (event.kind === "key_accepted" || event.kind === "agent_seen") return "connected";
  }
  return "waiting";
}

function sequence(id: string): number {
  const value = Number(id);
  return Number.isFinite(value) ? value : 0;
}

export type LineTone = "ok" | "bad" | "warn";

export function toneOf(event: OnboardingEvent): LineTone {
  if (event.kind === "refused") return "bad";
  return event.kind === "rejected" || event.kind === "put_aside" || event.kind === "clock_offset" ? "warn" : "ok";
}

/** Reasons this page has words and a remedy for. */
export const KNOWN_REASONS = [
  "missing",
  "unknown",
  "revoked",
  "expired",
  "wrong_region",
  "http1_on_grpc_port",
  "wrong_path",
  "malformed",
  "unsupported_type",
  "too_large",
] as const;
export type KnownReason = (typeof KNOWN_REASONS)[number];

/** Why single items are left out; the rest of their request is stored. */
export const KNOWN_REJECTIONS = ["invalid_id", "end_before_start", "too_old", "too_far_ahead", "too_large"] as const;
export type KnownRejection = (typeof KNOWN_REJECTIONS)[number];

/** How the sentences begin that a gateway sends instead of a code (`libs/otlp/src/admit/rules.rs`). */
const REJECTION_SENTENCES: Record<KnownRejection, string> = {
  invalid_id: "trace or span ids are zero",
  end_before_start: "spans end before they start",
  too_old: "times are older than",
  too_far_ahead: "times are more than an hour ahead",
  too_large: "single items are larger",
};

export function knownRejection(reason: string): KnownRejection | null {
  return KNOWN_REJECTIONS.find((code) => reason === code || reason.startsWith(REJECTION_SENTENCES[code])) ?? null;
}

/** `key_revoked`, `revoked_key` and `revoked` are the same to a reader. */
export function knownReason(code: string): KnownReason | null {
  const plain = code.replace(/^(license_)?key_|_(license_)?key$/g, "");
  return KNOWN_REASONS.find((reason) => reason === plain) ?? null;
}
