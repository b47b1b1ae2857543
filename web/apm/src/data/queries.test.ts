import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { logsQuery, traceQuery, transactionsQuery } from "./queries";

type StandIn = (url: URL) => [status: number, body: unknown];

/** openapi-fetch takes the fetch it finds at import, so the stand-in is there first and looks answers up late. */
vi.hoisted(() => {
  globalThis.fetch = (input) => {
    const stand = (globalThis as { standIn?: (url: URL) => [number, unknown] }).standIn;
    if (!stand) return Promise.reject(new TypeError("no answers"));
    const [status, body] = stand(new URL((input as Request).url));
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } }));
  };
});

let asked: URLSearchParams[] = [];
const answerBy = (stand: StandIn) => Object.assign(globalThis, { standIn: (url: URL) => (asked.push(url.searchParams), stand(url)) });
const spans = () => asked.map((query) => `${query.get("from")}-${query.get("to")}`);

const scope = { project: "prj_1", window: { kind: "sliding", length_ms: 300_000 }, application: undefined, instance: undefined } as const;
const foreign = { title: "this cursor belongs to another question", status: 422, code: "invalid" };

/** As the server: a cursor holds only for the from and to it was made for. */
const paged: StandIn = ({ searchParams: query }) => {
  const [mine, number = "1"] = (query.get("cursor") ?? "").split(" ");
  const span = `${query.get("from")}-${query.get("to")}`;
  if (mine !== "" && mine !== span) return [422, foreign];
  return [200, { transactions: [], logs: [], next_cursor: number === "3" ? null : `${span} ${Number(number) + 1}`, incomplete: [] }];
};

beforeEach(() => {
  asked = [];
  vi.useFakeTimers({ now: 1_000_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
  delete (globalThis as { standIn?: unknown }).standIn;
});

test.each([
  ["transactions", () => transactionsQuery(scope, {}, null)],
  ["logs", () => logsQuery(scope, {}, false)],
])("later pages of %s ask for the first page's time, also after asking all again", async (_name, query) => {
  answerBy(paged);
  const list = new InfiniteQueryObserver(new QueryClient({ defaultOptions: { queries: { retry: false } } }), query() as ReturnType<typeof logsQuery>);
  const stop = list.subscribe(() => {});
  await vi.waitFor(() => expect(list.getCurrentResult().isSuccess).toBe(true));
  vi.setSystemTime(1_000_007_000);
  await list.fetchNextPage();
  await list.fetchNextPage();
  expect(list.getCurrentResult().error).toBeNull();
  expect(list.getCurrentResult().hasNextPage).toBe(false);
  vi.setSystemTime(1_000_060_000);
  const again = await list.refetch();
  stop();
  expect([again.error, again.data?.pages.length]).toEqual([null, 3]);
  const [first, second] = ["999700000-1000000000", "999760000-1000060000"];
  expect(spans()).toEqual([first, first, first, second, second, second]);
});

test("following asks for the newest page only, and not while older ones are read", () => {
  const interval = logsQuery(scope, {}, true).refetchInterval as (query: unknown) => number | false;
  const withPages = (count: number) => ({ state: { data: { pages: Array.from({ length: count }) } } });
  expect([withPages(0), withPages(1), withPages(2)].map(interval)).toEqual([3000, 3000, false]);
});

test("a trace is looked for around its hint first, then everywhere", async () => {
  answerBy(({ searchParams }) => (searchParams.has("from") ? [404, { title: "no such trace", status: 404, code: "not_found" }] : [200, { trace_id: "t" }]));
  await new QueryClient().fetchQuery(traceQuery("prj_1", "t", 500_000_000));
  expect(asked.map(String)).toEqual(["from=496400000&to=503600000", ""]);
});

test("a trace that fails for another reason is not asked for again, one without a hint never with one", async () => {
  answerBy(() => [503, { title: "away", status: 503, code: "unavailable" }]);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await expect(queries.fetchQuery(traceQuery("prj_1", "t", 500_000_000))).rejects.toThrow("away");
  await expect(queries.fetchQuery(traceQuery("prj_1", "u"))).rejects.toThrow("away");
  expect(asked.map(String)).toEqual(["from=496400000&to=503600000", ""]);
});
