import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, type Apm } from "@naru/api";
import type { FieldWindow } from "@naru/charts";
import { lengthOf, refetchMs, spanOf, stepFor, windowKey } from "../view/ranges";
import { client } from "./client";
import { serverNow } from "./clock";

/** About how many steps a chart has. */
const CHART_STEPS = 120;

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => answer(client.GET("/me")),
  staleTime: 60_000,
});

/** What is asked of one project over one window; the previous answer stays on screen while the next is under way. */
export interface Scope {
  project: string;
  window: FieldWindow;
  application: string | undefined;
}

const path = (scope: { project: string }) => ({ id: scope.project });
const only = (application: string | undefined) => (application === undefined ? {} : { application });
const keyOf = ({ project, window, application }: Scope) => [project, windowKey(window), application ?? null] as const;

export const applicationsQuery = (project: string, window: FieldWindow) =>
  queryOptions({
    queryKey: ["applications", project, windowKey(window)],
    queryFn: ({ signal }) =>
      answer(client.GET("/projects/{id}/applications", { params: { path: { id: project }, query: spanOf(window, serverNow(), 1000) }, signal })),
    refetchInterval: refetchMs(window),
    placeholderData: keepPreviousData,
  });

export const seriesQuery = (scope: Scope, metric: Apm.SeriesMetric) =>
  queryOptions({
    queryKey: ["series", metric, ...keyOf(scope)],
    queryFn: ({ signal }) => {
      const step = stepFor(lengthOf(scope.window), CHART_STEPS);
      return askSeries(scope, metric, step, spanOf(scope.window, serverNow(), step), signal);
    },
    refetchInterval: refetchMs(scope.window),
    placeholderData: keepPreviousData,
  });

const DAY_MS = 86_400_000;

/** One value over the whole window, or over its last day: percentiles of parts can't be added up. */
export const summaryQuery = (scope: Scope, metric: Apm.SeriesMetric, lengthMs = lengthOf(scope.window)) =>
  queryOptions({
    queryKey: ["summary", metric, lengthMs, ...keyOf(scope)],
    queryFn: async ({ signal }) => {
      const { to } = spanOf(scope.window, serverNow());
      const length = Math.max(1000, Math.min(Math.floor(lengthMs), DAY_MS));
      const series = await askSeries(scope, metric, length, { from: to - length, to }, signal);
      return series.points[0]?.[1] ?? null;
    },
    refetchInterval: refetchMs(scope.window),
    placeholderData: keepPreviousData,
  });

async function askSeries(scope: Scope, metric: Apm.SeriesMetric, step: number, span: { from: number; to: number }, signal: AbortSignal) {
  const query = { metric, step, ...span, ...only(scope.application) };
  const series = await answer(client.GET("/projects/{id}/series", { params: { path: path(scope), query }, signal }));
  // The client's types turn pairs into plain arrays.
  return series as Apm.Series;
}

export const traceQuery = (project: string, traceId: string) =>
  queryOptions({
    queryKey: ["trace", project, traceId],
    queryFn: ({ signal }) =>
      answer(client.GET("/projects/{id}/traces/{trace_id}", { params: { path: { id: project, trace_id: traceId } }, signal })),
    staleTime: 10_000,
  });

export type TransactionFilter = Omit<Apm.TransactionsQuery, "cursor" | "from" | "to">;

/** `span` names a fixed stretch (a selected box); without one the window slides along. */
export const transactionsQuery = (scope: Scope, filter: TransactionFilter, span: { from: number; to: number } | null) =>
  infiniteQueryOptions({
    queryKey: ["transactions", ...keyOf(scope), filter, span],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? {} : { cursor: pageParam };
      const query = { ...(span ?? spanOf(scope.window, serverNow())), ...only(scope.application), ...filter, ...cursor };
      return answer(client.GET("/projects/{id}/transactions", { params: { path: path(scope), query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page: Apm.Transactions) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const metricsQuery = (scope: Scope, q: string) =>
  queryOptions({
    queryKey: ["metrics", scope.project, windowKey(scope.window), q],
    queryFn: async ({ signal }) => {
      const query = { ...spanOf(scope.window, serverNow()), ...(q === "" ? {} : { q }) };
      return (await answer(client.GET("/projects/{id}/metrics", { params: { path: path(scope), query }, signal }))).metrics;
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

export interface MetricQuestion {
  name: string;
  aggregation: NonNullable<Apm.MetricSeriesQuery["aggregation"]>;
  group_by: string | undefined;
}

export const metricSeriesQuery = (scope: Scope, question: MetricQuestion) =>
  queryOptions({
    queryKey: ["metric-series", question, ...keyOf(scope)],
    queryFn: async ({ signal }) => {
      // Agents send metrics every ten seconds: a finer step would be mostly gaps.
      const step = Math.max(10_000, stepFor(lengthOf(scope.window), CHART_STEPS));
      const { group_by, ...rest } = question;
      const query = { ...spanOf(scope.window, serverNow(), step), step, ...rest, ...(group_by === undefined ? {} : { group_by }), ...only(scope.application) };
      const series = await answer(client.GET("/projects/{id}/metrics/series", { params: { path: path(scope), query }, signal }));
      return series as Apm.MetricSeries;
    },
    refetchInterval: refetchMs(scope.window),
    placeholderData: keepPreviousData,
  });

export type LogFilter = Pick<Apm.LogsQuery, "q" | "severity">;

/** `follow` asks again every few seconds and shows the newest page only as it grows. */
export const logsQuery = (scope: Scope, filter: LogFilter, follow: boolean) =>
  infiniteQueryOptions({
    queryKey: ["logs", ...keyOf(scope), filter],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? {} : { cursor: pageParam };
      const query = { ...spanOf(scope.window, serverNow()), ...only(scope.application), ...filter, limit: 200, ...cursor };
      return answer(client.GET("/projects/{id}/logs", { params: { path: path(scope), query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page: Apm.Logs) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: follow ? 3000 : false,
  });
