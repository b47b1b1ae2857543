import type { Console, OnboardingEvent } from "@naru/api";
import { expect, test } from "vitest";
import { arrivalOf } from "./arrival";
import { addEvent, NO_EVENTS } from "./onboarding";

const MINUTE_MS = 60_000;
const now = Date.parse("2026-01-01T05:40:00Z");
const project: Console.Project = {
  id: "prj_1",
  name: "shop",
  group: "default",
  platform: "go",
  region: "local",
  created_at: "2026-01-01T00:00:00Z",
  apm_url: "http://a",
  first_data_at: "2026-01-01T05:10:00Z",
  last_data_at: "2026-01-01T05:10:00Z",
  spans_total: 10,
};
const span = (at_ms: number): OnboardingEvent => ({ v: 1, at_ms, kind: "first_span", application: "a", trace_id: "t", operation: "GET /" });

test("a first span is arriving data for a minute, then the count must grow", () => {
  const log = addEvent(NO_EVENTS, "1", span(now));
  const phases = [
    arrivalOf(log, project, undefined, now + MINUTE_MS),
    arrivalOf(log, project, undefined, now + 2 * MINUTE_MS),
    arrivalOf(log, project, { spans: 9, grewMs: now + MINUTE_MS }, now + 2 * MINUTE_MS),
  ].map((arrival) => arrival.phase);
  expect(phases).toEqual(["receiving", "recent", "receiving"]);
});

test("data that this page saw stop has a moment", () => {
  const log = addEvent(NO_EVENTS, "1", span(now - 30 * MINUTE_MS));
  const grewMs = now - 25 * MINUTE_MS;
  expect(arrivalOf(log, project, { spans: 9, grewMs }, now)).toEqual({ phase: "quiet", lastMs: grewMs });
});

test("a project whose log has been forgotten is not waiting for its first connection", () => {
  const old = { ...project, first_data_at: "2025-12-01T00:00:00Z", last_data_at: "2025-12-30T00:00:00Z" };
  expect(arrivalOf(NO_EVENTS, old, undefined, now)).toEqual({ phase: "quiet", lastMs: Date.parse("2025-12-30T00:00:00Z") });
  expect(arrivalOf(NO_EVENTS, { ...project, first_data_at: null, last_data_at: null }, undefined, now).phase).toBe("waiting");
});
