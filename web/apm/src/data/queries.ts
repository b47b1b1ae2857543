import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, ApiError, type Apm } from "@naru/api";
import type { FieldWindow } from "@naru/charts";
import { lengthOf, refetchMs, spanOf, stepFor, windowKey } from "../view/ranges";
import type { PageView } from "../view/useView";
import { client } from "./client";
import { serverNow } from "./clock";
import { keepSame } from "./keep";

/** About how many steps a chart has. */
const CHART_STEPS = 120;

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => answer(client.GET("/me")),
  staleTime: 60_000,
});

/** What is asked of one project over one window; see `keepSame` for what stays on screen while the next answer is under way. */
export interface Scope {
  project: string;
  window: FieldWindow;
  application: string | undefined;
  /** One of the application's; never without it. */
  instance: string | undefined;
}

export function scopeOf({ project, window, view }: Pick<PageView, "project" | "window" | "view">): Scope {
  return { project, window, application: view.application, instance: view.instance };
}

const path = (scope: { project: string }) => ({ id: scope.project });

/** The part of a question that says whose answers are wanted. */
export function only({ application, instance }: Pick<Scope, "application" | "instance">): { application?: string; instance?: string } {
  if (application === undefined) return {};
  return instance === undefined ? { application } : { application, instance };
}

/** Whose answers a question wants; the time it wants them of comes last in its key. */
export const whoseKey = ({ project, application, instance }: Pick<Scope, "project" | "application" | "instance">) => [project, application ?? null, instance ?? null] as const;

export const applicationsQuery = (project: string, window: FieldWindow) => {
  const queryKey = ["applications", project, windowKey(window)] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal }) =>
      answer(client.GET("/projects/{id}/applications", { params: { path: { id: project }, query: spanOf(window, serverNow()) }, signal })),
    refetchInterval: refetchMs(window),
    placeholderData: keepSame(queryKey),
  });
};

/** So far around a hint spans are looked for. Of a trace that goes on for hours, a link with a hint shows this part. */
const TRACE_AROUND_MS = 3_600_000;

/** `atMs`: about when it was. It makes looking cheaper and is no part of the key; a wrong one costs a second question. */
export const traceQuery = (project: string, traceId: string, atMs?: number) =>
  queryOptions({
    queryKey: ["trace", project, traceId],
    queryFn: async ({ signal }) => {
      const ask = (query: Apm.TraceQuery) =>
        answer(client.GET("/projects/{id}/traces/{trace_id}", { params: { path: { id: project, trace_id: traceId }, query }, signal }));
      if (atMs === undefined) return ask({});
      try {
        return await ask({ from: atMs - TRACE_AROUND_MS, to: atMs + TRACE_AROUND_MS });
      } catch (error) {
        if (error instanceof ApiError && error.problem.status === 404) return ask({});
        throw error;
      }
    },
    staleTime: 10_000,
  });

interface Stretch {
  from: number;
  to: number;
}

/** A later page: the place where the one before ended, and the stretch of time the first page asked for. */
type PagePlace = { cursor: string; span: Stretch } | null;

/** A cursor belongs to one question, its time included: a sliding window must not slide between pages. */
const nextPlace = (page: { next_cursor: string | null; span: Stretch }): PagePlace | undefined =>
  page.next_cursor === null ? undefined : { cursor: page.next_cursor, span: page.span };

export type TransactionFilter = Omit<Apm.TransactionsQuery, "cursor" | "from" | "to">;

/** `span` names a fixed stretch (a selected box); without one the window slides along. */
export const transactionsQuery = (scope: Scope, filter: TransactionFilter, span: { from: number; to: number } | null) => {
  const queryKey = ["transactions", ...whoseKey(scope), { window: windowKey(scope.window), filter, span }] as const;
  return infiniteQueryOptions({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const asked = pageParam?.span ?? span ?? spanOf(scope.window, serverNow());
      const query = { ...asked, ...only(scope), ...filter, ...(pageParam ? { cursor: pageParam.cursor } : {}) };
      const page = await answer(client.GET("/projects/{id}/transactions", { params: { path: path(scope), query }, signal }));
      return { ...page, span: asked };
    },
    initialPageParam: null as PagePlace,
    getNextPageParam: nextPlace,
    placeholderData: keepSame(queryKey),
    // A list under a live field moves with it, as long as nobody has gone on to older pages.
    refetchInterval: ({ state }) => (span === null && (state.data?.pages.length ?? 0) <= 1 ? refetchMs(scope.window) : false),
  });
};

export const metricsQuery = (scope: Scope, q: string) => {
  const queryKey = ["metrics", scope.project, { window: windowKey(scope.window), q }] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      const query = { ...spanOf(scope.window, serverNow()), ...(q === "" ? {} : { q }) };
      return answer(client.GET("/projects/{id}/metrics", { params: { path: path(scope), query }, signal }));
    },
    placeholderData: keepSame(queryKey),
    staleTime: 30_000,
  });
};

/** Who sent metrics in the last `lengthMs`, whatever range is on screen. */
export const sentMetricsQuery = (project: string, lengthMs: number) =>
  queryOptions({
    queryKey: ["sent-metrics", project, lengthMs],
    queryFn: async ({ signal }) => {
      const to = Math.floor(serverNow());
      return answer(client.GET("/projects/{id}/metrics", { params: { path: { id: project }, query: { from: to - lengthMs, to } }, signal }));
    },
    refetchInterval: 15_000,
  });

export interface MetricQuestion {
  name: string;
  /** The server knows what is usual for the metric: a counter's rate, the average of what goes up and down. */
  aggregation: Apm.MetricSeriesQuery["aggregation"];
  group_by: string | undefined;
  /** `name=value`: only what has this attribute. */
  attr?: string | undefined;
}

export const metricSeriesQuery = (scope: Scope, question: MetricQuestion) => {
  const queryKey = ["metric-series", question, ...whoseKey(scope), windowKey(scope.window)] as const;
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      // Agents send metrics every ten seconds: a finer step would be mostly gaps.
      const step = Math.max(10_000, stepFor(lengthOf(scope.window), CHART_STEPS));
      const { name, group_by, aggregation, attr } = question;
      const query = { ...spanOf(scope.window, serverNow(), step), step, name, ...(aggregation === undefined ? {} : { aggregation }), ...(group_by === undefined ? {} : { group_by }), ...(attr === undefined ? {} : { attr }), ...only(scope) };
      const series = await answer(client.GET("/projects/{id}/metrics/series", { params: { path: path(scope), query }, signal }));
      return series as Apm.MetricSeries;
    },
    refetchInterval: refetchMs(scope.window),
    placeholderData: keepSame(queryKey),
  });
};

const LOG_PAGE_ROWS = 200;

export type LogFilter = Pick<Apm.LogsQuery, "q" | "severity">;

/** How often followed logs are asked again. */
const FOLLOW_MS = 3000;

/**
 * `follow` asks for the newest page every few seconds, as long as it is the only one: whoever has gone on to older pages reads there
 * undisturbed, and pages are never asked for again and again.
 */
export const logsQuery = (scope: Scope, filter: LogFilter, follow: boolean) => {
  const queryKey = ["logs", ...whoseKey(scope), { window: windowKey(scope.window), filter }] as const;
  return infiniteQueryOptions({
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const asked = pageParam?.span ?? spanOf(scope.window, serverNow());
      const query = { ...asked, ...only(scope), ...filter, limit: LOG_PAGE_ROWS, ...(pageParam ? { cursor: pageParam.cursor } : {}) };
      const page = await answer(client.GET("/projects/{id}/logs", { params: { path: path(scope), query }, signal }));
      return { ...page, span: asked };
    },
    initialPageParam: null as PagePlace,
    getNextPageParam: nextPlace,
    placeholderData: keepSame(queryKey),
    refetchInterval: ({ state }) => (follow && (state.data?.pages.length ?? 0) <= 1 ? FOLLOW_MS : false),
  });
};
