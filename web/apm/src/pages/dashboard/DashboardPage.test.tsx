import { askedFor } from "../../testing/answers";
import { openPage } from "../../testing/page";
import { act, screen, waitFor, within } from "@testing-library/react";
import type { Apm } from "@naru/api";
import { afterEach, expect, test, vi } from "vitest";
import { FakeStream, point } from "../../live/fakeStream";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A minute that is over, in six steps: every figure another one. */
const FROM = Date.UTC(2026, 0, 5, 9);
const RANGE = `from=${FROM}&to=${FROM + 60_000}`;
const figures = (change: Partial<Apm.Dashboard> = {}): Apm.Dashboard => ({
  from_ms: FROM,
  to_ms: FROM + 60_000,
  step_ms: 10_000,
  totals: { transactions: 750, tps: 12.5, errors: 30, error_rate: 0.04, p50_ms: 21, p95_ms: 187, p99_ms: 412, mean_ms: 33, max_ms: 900, apdex: { t_ms: 500, score: 0.87, at_least: 0.87, at_most: 0.87 } },
  tps: [10, 11, 12, 13, 14, 15],
  out: [9, 10, 11, 12, 13, 14],
  in_flight: { under_1s: [1, 1, 1, 1, 1, 1.5], from_1s: [0, 0, 0, 0, 0, 0.5], from_3s: [0, 0, 0, 0, 0, 0.25], from_10s: [0, 0, 0, 0, 0, 2] },
  errors: [5, 5, 5, 5, 5, 5],
  error_rate: [0.01, 0.02, 0.03, 0.04, 0.05, 0.06],
  p50_ms: [20, 20, 20, 20, 20, 22],
  p95_ms: [180, 181, 182, 183, 184, 185],
  p99_ms: [400, 400, 400, 400, 400, 410],
  mean_ms: [30, 30, 30, 30, 30, 35],
  apdex: [0.9, 0.9, 0.9, 0.9, 0.9, 0.81],
  users: { total: 321, per_step: [50, 51, 52, 53, 54, 55], identity: "session", mixed: false },
  incomplete: [],
  ...change,
});
const totals = (name: string, tps: number): Apm.Application => ({ ...figures().totals, name, tps, transactions: tps * 60, instances: 2, last_seen_ms: FROM, language: "java" });
const list = (...names: string[]): Apm.Applications => ({ applications: names.map((name, index) => totals(name, 10 - index)), from_ms: FROM, to_ms: FROM, incomplete: [] });

/** What the tiles say: big figure and the line below it. */
async function tiles() {
  await waitFor(() => expect(screen.getByTestId("tile-tps").textContent).toContain("transactions"));
  return Object.fromEntries(["tps", "apdex", "response", "errors", "users", "applications"].map((name) => [name, screen.getByTestId(`tile-${name}`).textContent]));
}
/** What a chart says of its newest step. */
const newest = (name: string) => screen.getByTestId(`chart-${name}`).querySelector("figcaption")?.textContent;

test("tiles say the figures of the answer", async () => {
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures(), applications: list("shop", "stock") });
  expect(await tiles()).toEqual({
    tps: "TPS1 min average12.5/s750 transactions",
    apdex: "APDEXT = 500 ms0.87good",
    response: "Response timep95187 msp50 21 · p99 412 ms",
    errors: "Error rate4%✕ 30 errors",
    users: "Active users1 min321told apart by session",
    applications: "Applications24 instances",
  });
});

test("of users who are not all told apart by the same, it is said by what most are", async () => {
  const users = { ...figures().users, mixed: true };
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures({ users }) });
  expect((await tiles()).users).toContain("mostly told apart by session");
});

const ofDay = (total: number) => ({ from_ms: FROM, to_ms: FROM + 60_000, total });
const ofDays: Apm.ActiveUsers = { time_zone: "Asia/Seoul", today: ofDay(12), week: ofDay(340), month: ofDay(5600), identity: "user", incomplete: [] };

test("the panel of users says those of the day, the week and the month", async () => {
  openPage(`/p/prj_1?${RANGE}&application=shop`, { dashboard: figures(), applications: list("shop"), users: ofDays });
  expect((await screen.findByTestId("users-of-days")).textContent).toBe("DAU 12WAU 340MAU 5,600");
  const [asked] = askedFor("users");
  expect([asked?.get("application"), asked?.get("time_zone")]).toEqual(["shop", Intl.DateTimeFormat().resolvedOptions().timeZone]);
});

test("users of days are not asked for one instance, of which nobody counts them", async () => {
  openPage(`/p/prj_1?${RANGE}&application=shop&instance=shop-1`, { dashboard: figures(), applications: list("shop"), users: ofDays });
  await tiles();
  expect(screen.queryByTestId("users-of-days")).toBeNull();
  expect(askedFor("users")).toEqual([]);
});

test("several applications may each have their own T", async () => {
  const own = figures();
  openPage(`/p/prj_1?${RANGE}`, { dashboard: { ...own, totals: { ...own.totals, apdex: { t_ms: null, score: 0.6, at_least: 0.6, at_most: 0.6 } } } });
  expect((await tiles())["apdex"]).toBe("APDEXT of each application0.60poor");
});

test("charts say the figures of the answer", async () => {
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures() });
  await tiles();
  expect(["tps", "errors", "response", "apdex", "users"].map(newest)).toEqual(["15 /slatest", "6%latest", "p5022 msp95185 msp99410 msmean35 mslatest", "0.81latest", "55latest"]);
});

test.each([
  ["en", "In →15/slatest", "In flight by age 4.3< 1 s1.51–3 s0.53–10 s0.25≥ 10 s2latest", "→ Out14/slatest", "of requests that have ended"],
  ["ko", "유입 →15건/초최근 값", "경과 시간별 처리 중 요청 4.31초 미만1.51~3초0.53~10초0.2510초 이상2최근 값", "→ 완료14건/초최근 값", "끝난 요청 기준"],
] as const)("requests flow in, are in flight by age, and out, in %s", async (locale, into, between, out, note) => {
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures() }, locale);
  await waitFor(() => expect(screen.getByTestId("flow-in").textContent).toBe(into));
  expect([screen.getByTestId("chart-flow").parentElement?.textContent, screen.getByTestId("flow-out").textContent]).toEqual([between, out]);
  expect(screen.getByText(note).title).not.toBe("");
  // Each age has a stroke of its own, not a colour alone.
  const strokes = [...screen.getByTestId("chart-flow").querySelectorAll("figcaption path")].map((path) => path.getAttribute("stroke-dasharray"));
  expect(new Set(strokes).size).toBe(4);
});

test("requests in flight are read with the keyboard, each age with its number", async () => {
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures() });
  const chart = await waitFor(() => within(screen.getByTestId("chart-flow")).getByRole("slider"));
  expect(chart.getAttribute("aria-valuetext")).toBe("latest, < 1 s 1.5, 1–3 s 0.5, 3–10 s 0.25, ≥ 10 s 2");
});

test("what the rollups still know is shown, also where no span is left to fill the field", async () => {
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures(), heatmap: { from_ms: FROM, to_ms: FROM + 60_000, step_ms: 1000, edges_ms: [0, 1], cells: [], total: 0, errors: 0, incomplete: [] } });
  expect(await tiles()).toMatchObject({ tps: expect.stringContaining("12.5/s"), errors: expect.stringContaining("4%") });
  expect(screen.queryByTestId("install-link")).toBeNull();
});

test("figures that could not be loaded are none, and without any transaction it is said what fills the page", async () => {
  openPage(`/p/prj_1?${RANGE}`, {});
  await waitFor(() => expect(screen.getByTestId("tile-tps").textContent).toBe("TPS1 min average–"));
  expect(screen.getByTestId("tile-errors").textContent).toBe("Error rate–");
  const nothing = { ...figures().totals, transactions: 0, tps: 0, errors: 0, error_rate: 0, p95_ms: null, apdex: null };
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures({ totals: nothing }) });
  expect(await screen.findByTestId("install-link")).toBeTruthy();
});

test("another application's figures don't stand under this one's name", async () => {
  let answerLater = (_figures: Apm.Dashboard) => {};
  const dashboard = (query: URLSearchParams) => (query.get("application") === "stock" ? new Promise((resolve) => (answerLater = resolve)) : figures());
  const { router } = openPage(`/p/prj_1?${RANGE}&application=shop`, { dashboard, applications: list("shop", "stock") });
  await tiles();
  await act(() => router.navigate({ to: "/p/$project", params: { project: "prj_1" }, search: { from: FROM, to: FROM + 60_000, application: "stock" } }));
  await waitFor(() => expect(screen.getByTestId("tile-tps").textContent).toBe("TPS1 min average"));
  await act(async () => answerLater(figures({ totals: { ...figures().totals, transactions: 60 } })));
  expect((await tiles()).tps).toContain("60 transactions");
});

test("what stands for applications beyond the limit says so", async () => {
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures(), applications: list("shop", "__other__") }, "ko");
  const rows = await screen.findAllByTestId("application-row");
  expect(within(rows[1] as HTMLElement).getByTestId("others").textContent).toBe("그 외 (한도 초과)");
});

const metric = (name: string, ...applications: string[]): Apm.Metric => ({ name, unit: "s", kind: "histogram", description: null, applications: applications.length > 0 ? applications : ["shop"], points: 9 });
const measured = (query: URLSearchParams, series: Apm.MetricSeries["series"]): Apm.MetricSeries => ({
  name: query.get("name") ?? "",
  unit: "s",
  kind: "histogram",
  aggregation: query.get("aggregation") as Apm.Aggregation,
  series,
  omitted_series: 0,
  from_ms: FROM,
  to_ms: FROM + 60_000,
  step_ms: 10_000,
  incomplete: [],
});

test("garbage collection has a panel where it is sent, and only there", async () => {
  const series = (query: URLSearchParams) => measured(query, [{ labels: { instance: "shop-1" }, points: [[FROM, 0.02], [FROM + 10_000, 0.03]] }]);
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures(), metrics: { metrics: [metric("jvm.gc.duration")], incomplete: [] }, "metrics/series": series });
  await waitFor(() => expect(newest("gcTime")).toBe("shop180 ms/minlatest"));
  expect(newest("gcCount")).toBe("shop1.8 /minlatest");
  expect(screen.queryByTestId("resource-workers")).toBeNull();
  expect(screen.getByTestId("resource-heap").dataset["missing"]).toBe("true");
});

test("where nobody counts requests in flight, their average is told by durations, of a project, an application and an instance", async () => {
  for (const whose of ["", "&application=shop", "&application=shop&instance=shop-1"]) {
    const { unmount } = openPage(`/p/prj_1?${RANGE}${whose}`, { dashboard: figures(), applications: list("shop"), metrics: { metrics: [metric("http.server.active_requests", "stock")].slice(whose === "" ? 1 : 0), incomplete: [] } });
    // Of every age together.
    await waitFor(() => expect(newest("inFlight")).toBe("4.3latest"));
    expect(screen.getByTestId("resource-inFlight").textContent).toContain("average, from durations");
    unmount();
  }
});

test("an application that counts its requests has its own line, and who doesn't the average beside it", async () => {
  const series = (query: URLSearchParams) => measured(query, [{ labels: { application: "stock" }, points: [[FROM, 6], [FROM + 10_000, 7]] }]);
  openPage(`/p/prj_1?${RANGE}`, { dashboard: figures(), applications: list("shop", "stock"), metrics: { metrics: [metric("http.server.active_requests", "stock")], incomplete: [] }, "metrics/series": series });
  await waitFor(() => expect(newest("inFlight")).toBe("shop · average4.3stock7latest"));
  expect(screen.getByTestId("resource-inFlight").textContent).toContain("http.server.active_requests · else average, from durations");
  expect(askedFor("dashboard").map((query) => query.get("application"))).toEqual([null, "shop"]);
});

test("each of an application's pools shows its connections in use and idle, and how many there may be", async () => {
  const values: Record<string, Record<string, number>> = { "db.client.connection.pool.name=main": { used: 4, idle: 3 }, "db.client.connection.pool.name=reports": { used: 1, idle: 2 }, open: { main: 7, reports: 3 }, most: { main: 10, reports: 5 }, states: { used: 5, idle: 5 } };
  const series = (query: URLSearchParams) => {
    const by = query.get("group_by") === "db.client.connection.pool.name" ? (query.get("name") === "db.client.connection.max" ? "most" : "open") : "states";
    return measured(query, Object.entries(values[query.get("attr") ?? by] ?? {}).map(([label, value]) => ({ labels: { [query.get("group_by") ?? ""]: label }, points: [[FROM, value]] })));
  };
  openPage(`/p/prj_1?${RANGE}&application=shop`, { dashboard: figures(), applications: list("shop"), metrics: { metrics: [metric("db.client.connection.count"), metric("db.client.connection.max")], incomplete: [] }, "metrics/series": series });
  await waitFor(() => expect(newest("connections")).toBe("mainin use4idle3max10reportsin use1idle2max5latest"));
});

test("tiles and the table of applications ask for the same stretch, so that their figures agree", async () => {
  vi.spyOn(Date, "now").mockReturnValue(FROM + 567);
  openPage("/p/prj_1?range=1h", { dashboard: figures(), applications: list("shop") });
  await tiles();
  const stretches = ["dashboard", "applications"].map((what) => [askedFor(what)[0]?.get("from"), askedFor(what)[0]?.get("to")]);
  expect(stretches[0]).toEqual(stretches[1]);
});

test("what is pushed changes the tiles before any timer asks, over one stream", async () => {
  let transactions = 750;
  const now = Math.floor(Date.now() / 10_000) * 10_000;
  const dashboard = () => figures({ from_ms: now - 60_000, to_ms: now, totals: { ...figures().totals, transactions } });
  openPage("/p/prj_1", { dashboard });
  expect((await tiles()).tps).toContain("750 transactions");
  const asked = askedFor("dashboard").length;
  expect(FakeStream.open()).toHaveLength(1);
  transactions = 751;
  await act(async () => FakeStream.open()[0]?.say("transactions", { points: [point("shop", now)], omitted: 0 }));
  await waitFor(() => expect(screen.getByTestId("tile-tps").textContent).toContain("751 transactions"), { timeout: 1500 });
  expect(askedFor("dashboard")).toHaveLength(asked + 1);
});
