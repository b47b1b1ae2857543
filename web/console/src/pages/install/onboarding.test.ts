import type { OnboardingEvent } from "@naru/api";
import { expect, test } from "vitest";
import { installLogText } from "./logText";
import { addEvent, KNOWN_REASONS, KNOWN_REJECTIONS, knownReason, knownRejection, NO_EVENTS, toneOf, type Onboarding } from "./onboarding";
import { agentName } from "./useEventWords";

const at = (at_ms: number) => ({ v: 1, at_ms });
const refused: OnboardingEvent = { ...at(1), kind: "refused", reason: "revoked", detail: "", peer: "10.0.0.1" };
const accepted: OnboardingEvent = { ...at(2), kind: "key_accepted", key_hint: "x", protocol: "grpc", peer: "10.0.0.1" };
const span: OnboardingEvent = { ...at(3), kind: "first_span", application: "a", trace_id: "t", operation: "GET /" };

function play(...events: [string, OnboardingEvent][]): Onboarding {
  return events.reduce((state, [id, event]) => addEvent(state, id, event), NO_EVENTS);
}

test("the log goes from waiting over refused and connected to receiving", () => {
  const phases = [play(), play(["1", refused]), play(["1", refused], ["2", accepted]), play(["1", refused], ["2", accepted], ["3", span])];
  expect(phases.map((state) => state.phase)).toEqual(["waiting", "refused", "connected", "receiving"]);
});

test("a refusal after the first span doesn't take the data away", () => {
  const state = play(["3", span], ["4", { ...refused, at_ms: 9 }]);
  expect([state.phase, state.firstSpanMs]).toEqual(["receiving", 3]);
});

test("history that a reconnect repeats is shown once, in its order", () => {
  const state = play(["3", span], ["1", refused], ["2", accepted], ["1", refused], ["3", span]);
  expect(state.lines.map((line) => line.id)).toEqual(["1", "2", "3"]);
});

test("a long log keeps the newest 200 lines and still knows the first span", () => {
  let state = play(["0", { ...span, at_ms: 0 }]);
  for (let id = 1; id <= 300; id += 1) state = addEvent(state, String(id), { ...refused, at_ms: id });
  expect([state.lines.length, state.lines[0]?.id, state.firstSpanMs, state.phase]).toEqual([200, "101", 0, "receiving"]);
});

test("reasons are known under the names services give them", () => {
  expect(["revoked", "key_revoked", "unknown_key", "missing_license_key", "wrong_region", "odd"].map(knownReason)).toEqual([
    "revoked",
    "revoked",
    "unknown",
    "missing",
    "wrong_region",
    null,
  ]);
});

test("refusals are bad, losses and clocks need care, the rest is fine", () => {
  const rejected: OnboardingEvent = { ...at(4), kind: "rejected", signal: "traces", count: 2, reason: "zero ids" };
  const aside: OnboardingEvent = { ...at(5), kind: "put_aside", signal: "logs", bytes: 300, reason: "ends in the middle" };
  expect([refused, rejected, aside, span].map(toneOf)).toEqual(["bad", "warn", "warn", "ok"]);
});

test("an agent is called by its language", () => {
  expect([agentName("python", "opentelemetry"), agentName("nodejs", ""), agentName("java", "splunk-otel-java")]).toEqual([
    "Python",
    "Node.js",
    "Java (splunk-otel-java)",
  ]);
});

/** `Refused::code`, `Refusal::code` and the codes of `Malformed` in services/ingest. Our own troubles are told to nobody's log. */
const TOLD_REASONS = [
  "missing", "malformed", "unknown", "revoked", "expired", "wrong_region", "unsupported_type", "too_large", "http1_on_grpc_port", "wrong_path",
];
const UNTOLD_REASONS = ["too_fast", "busy", "unavailable"];

test("every code a gateway tells has words and a remedy in both languages", () => {
  expect([...KNOWN_REASONS].sort()).toEqual([...TOLD_REASONS].sort());
  expect(UNTOLD_REASONS.map(knownReason)).toEqual([null, null, null]);
  for (const text of [installLogText.en, installLogText.ko]) {
    expect(Object.keys(text.reason).sort()).toEqual([...TOLD_REASONS].sort());
    expect(Object.keys(text.fix)).toEqual(expect.arrayContaining(TOLD_REASONS));
    expect(Object.keys(text.rejection).sort()).toEqual([...KNOWN_REJECTIONS].sort());
  }
});

/** `Why::sentence` in libs/otlp/src/admit/rules.rs. */
test("rejections are known by code and by the gateway's sentence", () => {
  const told = [
    "too_old", "trace or span ids are zero or of the wrong length", "spans end before they start", "times are older than the project's retention",
    "times are more than an hour ahead; check the clock of the sending machine", "odd",
  ];
  expect(told.map(knownRejection)).toEqual(["too_old", "invalid_id", "end_before_start", "too_old", "too_far_ahead", null]);
});
