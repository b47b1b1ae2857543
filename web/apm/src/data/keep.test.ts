import { QueryClient, QueryObserver, type QueryKey } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { dashboardQuery, instancesQuery } from "./dashboard";
import { applicationsQuery, logsQuery, metricSeriesQuery, metricsQuery, transactionsQuery, type Scope } from "./queries";
import { serviceMapQuery } from "./serviceMap";

const [five, hour] = [{ kind: "sliding", length_ms: 300_000 } as const, { kind: "sliding", length_ms: 3_600_000 } as const];
const scope: Scope = { project: "prj_1", window: five, application: "shop", instance: "shop-1" };
const question = { name: "cpu", aggregation: "sum", group_by: undefined } as const;

/** A question's way from its key to what stands on screen meanwhile; each kind of question has other types of its own. */
interface Query {
  queryKey: QueryKey;
  placeholderData?: unknown;
}

/** Whether the answer to `before` still stands while `now` is under way. */
function stays(before: Query, now: Query): boolean {
  const keep = now.placeholderData as (data: string, query: { queryKey: QueryKey }) => string | undefined;
  return keep("answer", { queryKey: before.queryKey }) === "answer";
}

const QUERIES: Record<string, (scope: Scope) => Query> = {
  dashboard: dashboardQuery,
  transactions: (of) => transactionsQuery(of, {}, null) as Query,
  series: (of) => metricSeriesQuery(of, question),
  logs: (of) => logsQuery(of, {}, false) as Query,
};

test.each(Object.entries(QUERIES))("%s: another range keeps what is shown, another project, application or instance doesn't", (_name, query) => {
  const now = query(scope);
  expect(stays(query({ ...scope, window: hour }), now)).toBe(true);
  const others = [{ ...scope, project: "prj_2" }, { ...scope, application: "stock" }, { ...scope, instance: "shop-2" }, { ...scope, instance: undefined }];
  expect(others.map((other) => stays(query(other), now))).toEqual([false, false, false, false]);
});

test("lists of a project are not another project's, and instances not another application's", () => {
  const instances = (project: string, application: string, window: Scope["window"] = five) => instancesQuery({ project, application, window });
  expect([stays(applicationsQuery("a", hour), applicationsQuery("a", five)), stays(applicationsQuery("b", five), applicationsQuery("a", five))]).toEqual([true, false]);
  expect([stays(instances("a", "x", hour), instances("a", "x")), stays(instances("a", "y"), instances("a", "x")), stays(instances("b", "x"), instances("a", "x"))]).toEqual([true, false, false]);
  expect([stays(metricsQuery(scope, "jvm"), metricsQuery(scope, "jvm.m")), stays(metricsQuery({ ...scope, project: "b" }, ""), metricsQuery(scope, ""))]).toEqual([true, false]);
});

test("a metric's lines never stand under another metric's name, nor the map of now for the one before", () => {
  expect(stays(metricSeriesQuery(scope, { ...question, name: "heap" }), metricSeriesQuery(scope, question))).toBe(false);
  expect(stays(serviceMapQuery(scope, "now"), serviceMapQuery(scope, "before"))).toBe(false);
  expect(stays(serviceMapQuery({ ...scope, window: hour }, "now"), serviceMapQuery(scope, "now"))).toBe(true);
});

test("after switching the project a page knows nothing until the answer comes", async () => {
  const queries = new QueryClient();
  const options = (of: Scope, tps: string) => ({ ...dashboardQuery(of), queryFn: async () => tps as never });
  const observer = new QueryObserver(queries, options(scope, "1"));
  const stop = observer.subscribe(() => {});
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("1"));
  observer.setOptions(options({ ...scope, window: hour }, "2"));
  expect(observer.getCurrentResult().data).toBe("1");
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("2"));
  observer.setOptions(options({ ...scope, project: "prj_2" }, "3"));
  expect([observer.getCurrentResult().data, observer.getCurrentResult().isPending]).toEqual([undefined, true]);
  stop();
});
