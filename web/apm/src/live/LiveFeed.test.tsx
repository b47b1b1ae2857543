import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import type { FieldWindow } from "@naru/charts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeStream, point } from "./fakeStream";
import { LiveFeed, useFollow, useStreamState, type Follower } from "./LiveFeed";
import { useLiveRefresh } from "./useLiveRefresh";

const live: FieldWindow = { kind: "sliding", length_ms: 900_000 };

beforeEach(() => {
  FakeStream.install();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const say = (event: string, data: unknown) => act(async () => FakeStream.open()[0]?.say(event, data));

function Following({ follower }: { follower: Follower }) {
  useFollow(follower);
  return <output>{useStreamState() ?? "none"}</output>;
}

test("all that follow share one stream, which is open as long as anybody does", () => {
  const [one, other] = [{ onPoints: vi.fn(), onMissed: vi.fn() }, { onPoints: vi.fn(), onMissed: vi.fn() }];
  const page = (followers: Follower[], project = "prj_1", sliding = true) => (
    <LiveFeed project={project} sliding={sliding}>
      {followers.map((follower, index) => (
        <Following key={index} follower={follower} />
      ))}
    </LiveFeed>
  );
  const { rerender } = render(page([]));
  expect(FakeStream.all).toEqual([]);
  rerender(page([one, other]));
  expect(FakeStream.all.map(({ url }) => url)).toEqual(["/api/v1/projects/prj_1/live"]);
  FakeStream.all[0]?.say("hello", { server_ms: Date.now() });
  FakeStream.all[0]?.say("transactions", { points: [point()], omitted: 0 });
  expect([one.onPoints.mock.calls.length, other.onPoints.mock.calls.length, one.onMissed.mock.calls.length]).toEqual([1, 1, 0]);
  rerender(page([one]));
  expect(FakeStream.open()).toHaveLength(1);
  rerender(page([one], "prj_2"));
  expect(FakeStream.open().map(({ url }) => url)).toEqual(["/api/v1/projects/prj_2/live"]);
  rerender(page([one], "prj_2", false));
  expect(FakeStream.open()).toEqual([]);
  rerender(page([one], "prj_2"));
  expect(FakeStream.open()).toHaveLength(1);
  rerender(page([], "prj_2"));
  expect(FakeStream.open()).toEqual([]);
});

test("a stream that greets again had a break, and what it left out is missed, too", () => {
  const follower = { onPoints: vi.fn(), onMissed: vi.fn() };
  render(<LiveFeed project="p" sliding><Following follower={follower} /></LiveFeed>);
  const [stream] = FakeStream.all;
  const missed = () => follower.onMissed.mock.calls.length;
  stream?.say("hello", { server_ms: Date.now() });
  const first = missed();
  stream?.say("hello", { server_ms: Date.now() });
  const again = missed();
  stream?.say("transactions", { points: [], omitted: 3 });
  expect([first, again, missed()]).toEqual([0, 1, 2]);
});

const KEYS = [["dashboard", "p", "shop"], ["applications", "p"], ["service-map", "p", "now"], ["service-map", "p", "before"], ["dashboard", "q"], ["logs", "p"]];
const METRICS = [["metric-series", "heap", "p"], ["metric-series", "heap", "q"]];

function Page({ window, ask }: { window: FieldWindow; ask: (key: string) => unknown }) {
  useLiveRefresh({ project: "p", window });
  [...KEYS, ...METRICS].forEach((key) => useQuery({ queryKey: key, queryFn: async () => ask(key.join(" ")) ?? null }));
  return null;
}

async function opened(window: FieldWindow) {
  const ask = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <LiveFeed project="p" sliding>
        <Page window={window} ask={ask} />
      </LiveFeed>
    </QueryClientProvider>,
  );
  await pass(0);
  await say("hello", { server_ms: Date.now() });
  ask.mockClear();
  return () => ask.mock.calls.map(([key]) => key as string);
}

const pushed = () => say("transactions", { points: [point()], omitted: 0 });

test("a push asks for what is on screen of now, at once, then at most once a second", async () => {
  const asked = await opened(live);
  await pushed();
  await pass(0);
  const now = ["dashboard p shop", "applications p", "service-map p now"];
  expect(asked().slice(0, 3)).toEqual(now);
  for (let at = 0; at < 20; at += 1) {
    await pushed();
    await pass(100);
  }
  expect(asked().filter((key) => key === "applications p")).toHaveLength(3);
});

test("a push asks for what agents measure, too, and for that every five seconds at most", async () => {
  const asked = await opened(live);
  for (let at = 0; at < 110; at += 1) {
    await pushed();
    await pass(100);
  }
  expect(asked().filter((key) => key.startsWith("metric-series"))).toEqual(["metric-series heap p", "metric-series heap p", "metric-series heap p"]);
});

test("without a push nothing is asked, nor in a tab nobody sees, nor of a longer stretch of time", async () => {
  const asked = await opened(live);
  await pass(5000);
  expect(asked()).toEqual([]);
  const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  await pushed();
  await pass(2000);
  expect(asked()).toEqual([]);
  seen.mockReturnValue("visible");
  await pushed();
  await pass(0);
  expect(asked()).toHaveLength(4);
  FakeStream.install();
  await opened({ kind: "sliding", length_ms: 3_600_000 });
  expect(FakeStream.all).toEqual([]);
});
