/** Query parameters of the APM host. A time is RFC 3339 or unix ms; `step` is ms. */
type Time = string | number;

/** The server takes less and then means the last hour; our pages always say what they show. */
export interface Range {
  from: Time;
  to: Time;
}

/** One application, or one of its instances: that one only together with its application. */
interface Of {
  application?: string;
  instance?: string;
}

export interface InstancesQuery extends Range {
  application: string;
}

export interface DashboardQuery extends Range, Of {}

/** Days begin by `time_zone`, a name of the IANA's list. */
export interface UsersQuery {
  application?: string;
  time_zone?: string;
}

export interface HeatmapQuery extends Range, Of {
  step_ms?: number;
  scale?: "log" | "linear";
  max_ms?: number;
}

/** The duration box is `(min_ms, max_ms]`, the time box `[from, to)`. */
export interface TransactionsQuery extends Range, Of {
  min_ms?: number;
  max_ms?: number;
  operation?: string;
  status?: "ok" | "error";
  /** `name=value`, of the transaction or of who served it. */
  attr?: string;
  /** At most 1000. */
  limit?: number;
  cursor?: string;
  sort?: "-start" | "-duration";
}

/** A hint that makes looking cheaper: spans that began in `[from, to)`. Without one the last 31 days are searched. */
export type TraceQuery = Partial<Range>;

export interface SeriesQuery extends Range {
  metric: "tps" | "errors" | "error_rate" | "p50" | "p95" | "p99" | "mean" | "active_users";
  step?: number;
  application?: string;
}

export type Aggregation = "avg" | "sum" | "min" | "max" | "rate" | "p50" | "p95" | "p99" | "count";

export interface MetricSeriesQuery extends Range, Of {
  name: string;
  step?: number;
  aggregation?: Aggregation;
  /** An attribute's name, `application` or `instance`. */
  group_by?: string;
  /** Only what has this attribute: `name=value`. */
  attr?: string;
}

export interface LogsQuery extends Range, Of {
  q?: string;
  severity?: string;
  trace_id?: string;
  limit?: number;
  cursor?: string;
}
