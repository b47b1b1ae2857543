import type { Console } from "@naru/api";
import { expect, test } from "vitest";
import { dataState, remember } from "./dataState";

const now = Date.parse("2026-01-01T05:40:00Z");
const project = (over: Partial<Console.Project>): Console.Project => ({
  id: "prj_1",
  name: "shop",
  group: "default",
  platform: "go",
  region: "local",
  created_at: "2026-01-01T00:00:00Z",
  apm_url: "http://a",
  first_data_at: "2026-01-01T01:00:00Z",
  last_data_at: "2026-01-01T05:00:00Z",
  spans_total: 10,
  ...over,
});

test("without watching, only the hour of the last data is known", () => {
  const states = [
    dataState(project({ first_data_at: null, last_data_at: null }), undefined, now),
    dataState(project({}), undefined, now),
    dataState(project({ last_data_at: "2026-01-01T04:00:00Z" }), undefined, now),
    dataState(project({ last_data_at: "2026-01-01T03:00:00Z" }), undefined, now),
  ];
  expect(states).toEqual(["waiting", "recent", "recent", "quiet"]);
});

test("a turn of the hour stops nothing: quiet needs a full hour without data", () => {
  const at = (time: string) => dataState(project({ last_data_at: "2026-01-01T04:00:00Z" }), undefined, Date.parse(time));
  expect([at("2026-01-01T05:01:00Z"), at("2026-01-01T05:59:59Z"), at("2026-01-01T06:00:00Z")]).toEqual(["recent", "recent", "quiet"]);
});

test("a count that grows means receiving, until two cuts were missed", () => {
  const first = remember(new Map(), [project({})], now);
  const second = remember(first, [project({ spans_total: 11 })], now + 60_000);
  const third = remember(second, [project({ spans_total: 11 })], now + 120_000);
  const state = (growth: typeof first, at: number) => dataState(project({}), growth.get("prj_1"), at);
  expect([state(first, now), state(second, now + 60_000), state(third, now + 120_000), state(third, now + 240_000)]).toEqual([
    "recent",
    "receiving",
    "receiving",
    "recent",
  ]);
});

test("a count that is away for a moment forgets nothing", () => {
  const before = remember(new Map(), [project({ spans_total: 7 })], now);
  expect(remember(before, [project({ spans_total: null })], now)).toEqual(before);
});
