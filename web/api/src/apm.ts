/**
 * A tenant's APM host API, prefix `/api/v1`.
 *
 * Kept by hand in the shape `openapi-typescript` writes, see `console.ts`. Times in questions are RFC 3339 or unix ms, at most
 * 31 days apart; answers carry unix ms and durations in ms.
 */
import type { Aggregation, DashboardQuery, HeatmapQuery, InstancesQuery, LogsQuery, MetricSeriesQuery, Range, SeriesQuery, TraceQuery, TransactionsQuery, UsersQuery } from "./apmQuery";
import type { Get, Path } from "./shape";

export type * from "./apmQuery";
export type * from "./live";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Attributes = { [key: string]: Json };

export interface components {
  schemas: {
    /** A partition whose newest data could not be read; the rest of the answer holds. */
    Incomplete: {
      partition: number;
      /** Rows after this moment may be missing; null when nothing is stored of the range. */
      since_ms: number | null;
      /** `owner_away`, `owner_changed`, `owner_slow` or `replaying`. */
      reason: string;
    };
    MeProject: { id: string; name: string; platform: string; group: string; created_at: string };
    Me: {
      user: { name: string; email: string; locale: string } | null;
      tenant: { id: string; slug: string; company: string };
      role: "owner" | "admin" | "operator" | "viewer";
      console_url: string;
      projects: components["schemas"]["MeProject"][];
    };
    Application: components["schemas"]["Totals"] & {
      name: string;
      instances: number;
      last_seen_ms: number;
      language: string | null;
    };
    Applications: {
      applications: components["schemas"]["Application"][];
      from_ms: number;
      to_ms: number;
      incomplete: components["schemas"]["Incomplete"][];
    };
    /** Of an application in a stretch of time, by `service.instance.id`. */
    Instance: {
      name: string;
      transactions: number;
      tps: number;
      /** 0…1 */
      error_rate: number;
      p95_ms: number | null;
      last_seen_ms: number;
    };
    Instances: { instances: components["schemas"]["Instance"][] };
    /** 0 (everybody frustrated) to 1. T is null where applications have their own; bounds differ only at a T that was asked for. */
    Apdex: { t_ms: number | null; score: number; at_least: number; at_most: number };
    /** All calls of some time. */
    Totals: {
      transactions: number;
      tps: number;
      errors: number;
      /** 0…1 */
      error_rate: number;
      p50_ms: number | null;
      p95_ms: number | null;
      p99_ms: number | null;
      mean_ms: number | null;
      max_ms: number | null;
      apdex: components["schemas"]["Apdex"] | null;
    };
    /** Different people; null for one instance, of which nobody counts them. */
    Users: {
      total: number | null;
      per_step: number[] | null;
      /** What most of them are told apart by. */
      identity: "user" | "session" | "client" | null;
      /** Others are told apart by something else. */
      mixed: boolean;
    };
    /** Transactions in flight by age: of each step the mean. Only of those that have ended since. */
    InFlight: { under_1s: number[]; from_1s: number[]; from_3s: number[]; from_10s: number[] };
    /** One value per step from `from_ms` on. The range grows to whole buckets of at least 10 s, so its last step may still fill. */
    Dashboard: {
      from_ms: number;
      to_ms: number;
      step_ms: number;
      totals: components["schemas"]["Totals"];
      /** Transactions that began, per second. */
      tps: number[];
      /** Transactions that ended, per second. Those that began within a minute before the range are among them. */
      out: number[];
      in_flight: components["schemas"]["InFlight"];
      errors: number[];
      /** 0…1; null without transactions. */
      error_rate: (number | null)[];
      p50_ms: (number | null)[];
      p95_ms: (number | null)[];
      p99_ms: (number | null)[];
      mean_ms: (number | null)[];
      apdex: (number | null)[];
      users: components["schemas"]["Users"];
      incomplete: components["schemas"]["Incomplete"][];
    };
    UsersWithin: { from_ms: number; to_ms: number; total: number };
    /** Different people of calendar days, today's so far among them. */
    ActiveUsers: {
      time_zone: string;
      today: components["schemas"]["UsersWithin"];
      /** Seven days. */
      week: components["schemas"]["UsersWithin"];
      /** Thirty days. */
      month: components["schemas"]["UsersWithin"];
      /** What most of the month's are told apart by; null of nobody. */
      identity: "user" | "session" | "client" | null;
      incomplete: components["schemas"]["Incomplete"][];
    };
    MapNode: {
      /** Edges name nodes by it. */
      id: string;
      /** `outside`: whoever calls and sends no spans, as browsers. */
      kind: "application" | "outside" | "database" | "queue" | "external";
      name: string;
      /** As `postgresql` or `kafka`. */
      system: string | null;
      /** Of an application its own transactions, of others the calls to them. */
      totals: components["schemas"]["Totals"];
    };
    MapEdge: {
      from: string;
      to: string;
      calls: number;
      /** Per second. */
      rate: number;
      errors: number;
      /** 0…1 */
      error_rate: number;
      p50_ms: number | null;
      p95_ms: number | null;
    };
    /** Who calls whom. The range grows to whole buckets. */
    ServiceMap: {
      from_ms: number;
      to_ms: number;
      nodes: components["schemas"]["MapNode"][];
      edges: components["schemas"]["MapEdge"][];
      incomplete: components["schemas"]["Incomplete"][];
    };
    Heatmap: {
      from_ms: number;
      to_ms: number;
      step_ms: number;
      /** Lower edges of the rows; the last row is open at the top. */
      edges_ms: number[];
      /** `[column, row, count, errors]`, only cells with a count. */
      cells: [number, number, number, number][];
      total: number;
      errors: number;
      incomplete: components["schemas"]["Incomplete"][];
    };
    Transaction: {
      trace_id: string;
      span_id: string;
      start_ms: number;
      duration_ms: number;
      application: string;
      instance: string | null;
      operation: string;
      name: string;
      kind: string;
      status: "ok" | "error" | "unset";
      http_status_code: number | null;
      sql_ms: number;
      sql_count: number;
      external_ms: number;
      external_count: number;
      client_address: string | null;
      user_id: string | null;
      exception_type: string | null;
    };
    Transactions: {
      transactions: components["schemas"]["Transaction"][];
      next_cursor: string | null;
      total?: number;
      incomplete: components["schemas"]["Incomplete"][];
    };
    SpanException: { time_ms: number; type: string | null; message: string | null; stacktrace: string | null };
    SpanEvent: { time_ms: number; name: string; attributes: Attributes };
    SpanLink: { trace_id: string; span_id: string; attributes: Attributes };
    Span: {
      span_id: string;
      parent_span_id: string | null;
      name: string;
      operation: string;
      kind: string;
      category: "http" | "sql" | "external" | "messaging" | "rpc" | "internal";
      application: string;
      instance: string | null;
      start_ms: number;
      start_offset_ms: number;
      duration_ms: number;
      self_ms: number;
      status: "ok" | "error" | "unset";
      status_message: string | null;
      db: {
        system: string | null;
        namespace: string | null;
        operation: string | null;
        statement: string | null;
      } | null;
      http: { method: string | null; route: string | null; status_code: number | null; url: string | null } | null;
      exceptions: components["schemas"]["SpanException"][];
      events: components["schemas"]["SpanEvent"][];
      links: components["schemas"]["SpanLink"][];
      attributes: Attributes;
      resource: Attributes;
      scope_name: string | null;
    };
    LogRecord: {
      time_ms: number;
      severity_number: number;
      severity_text: string | null;
      body: string;
      application: string;
      instance: string | null;
      trace_id: string | null;
      span_id: string | null;
      attributes: Attributes;
      resource: Attributes;
    };
    Trace: {
      trace_id: string;
      start_ms: number;
      duration_ms: number;
      applications: string[];
      spans: components["schemas"]["Span"][];
      /** Spans that are left out because there are too many. */
      omitted_spans: number;
      logs: components["schemas"]["LogRecord"][];
      incomplete: components["schemas"]["Incomplete"][];
    };
    SeriesMetric: "tps" | "errors" | "error_rate" | "p50" | "p95" | "p99" | "mean" | "active_users";
    Series: {
      metric: components["schemas"]["SeriesMetric"];
      unit: string;
      from_ms: number;
      to_ms: number;
      step_ms: number;
      points: [number, number | null][];
      /** Of `active_users` only: what most of them are told apart by. */
      identity?: "user" | "session" | "client";
      incomplete: components["schemas"]["Incomplete"][];
    };
    Metric: {
      name: string;
      unit: string | null;
      kind: string;
      description: string | null;
      applications: string[];
      points: number;
    };
    Metrics: { metrics: components["schemas"]["Metric"][]; incomplete: components["schemas"]["Incomplete"][] };
    MetricSeries: {
      name: string;
      unit: string | null;
      /** `unknown` when there are no points. */
      kind: string;
      aggregation: Aggregation;
      series: { labels: { [name: string]: string }; points: [number, number | null][] }[];
      /** Groups that are left out because there are too many. */
      omitted_series: number;
      from_ms: number;
      to_ms: number;
      step_ms: number;
      incomplete: components["schemas"]["Incomplete"][];
    };
    Logs: {
      logs: components["schemas"]["LogRecord"][];
      next_cursor: string | null;
      incomplete: components["schemas"]["Incomplete"][];
    };
  };
}

type S = components["schemas"];
type Project = { id: string };

export interface paths {
  "/me": { get: Get<S["Me"]> };
  "/projects/{id}/applications": { get: Path<Project, Get<S["Applications"], Range>> };
  "/projects/{id}/instances": { get: Path<Project, Get<S["Instances"], InstancesQuery>> };
  "/projects/{id}/dashboard": { get: Path<Project, Get<S["Dashboard"], DashboardQuery>> };
  "/projects/{id}/users": { get: Path<Project, Get<S["ActiveUsers"], UsersQuery>> };
  "/projects/{id}/service-map": { get: Path<Project, Get<S["ServiceMap"], Range>> };
  "/projects/{id}/heatmap": { get: Path<Project, Get<S["Heatmap"], HeatmapQuery>> };
  "/projects/{id}/transactions": { get: Path<Project, Get<S["Transactions"], TransactionsQuery>> };
  "/projects/{id}/traces/{trace_id}": { get: Path<{ id: string; trace_id: string }, Get<S["Trace"], TraceQuery>> };
  "/projects/{id}/series": { get: Path<Project, Get<S["Series"], SeriesQuery>> };
  "/projects/{id}/metrics": { get: Path<Project, Get<S["Metrics"], Range & { q?: string }>> };
  "/projects/{id}/metrics/series": { get: Path<Project, Get<S["MetricSeries"], MetricSeriesQuery>> };
  "/projects/{id}/logs": { get: Path<Project, Get<S["Logs"], LogsQuery>> };
}

export type Incomplete = S["Incomplete"];
export type Me = S["Me"];
export type MeProject = S["MeProject"];
export type Apdex = S["Apdex"];
export type Application = S["Application"];
export type Applications = S["Applications"];
export type Instance = S["Instance"];
export type Instances = S["Instances"];
export type Totals = S["Totals"];
export type Dashboard = S["Dashboard"];
export type ActiveUsers = S["ActiveUsers"];
export type MapNode = S["MapNode"];
export type MapEdge = S["MapEdge"];
export type ServiceMap = S["ServiceMap"];
export type Heatmap = S["Heatmap"];
export type Transaction = S["Transaction"];
export type Transactions = S["Transactions"];
export type Trace = S["Trace"];
export type Span = S["Span"];
export type LogRecord = S["LogRecord"];
export type Logs = S["Logs"];
export type SeriesMetric = S["SeriesMetric"];
export type Series = S["Series"];
export type Metric = S["Metric"];
export type Metrics = S["Metrics"];
export type MetricSeries = S["MetricSeries"];
