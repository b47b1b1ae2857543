import type { Apm } from "@naru/api";
import { diceOf } from "./dice.ts";
import { SHOP } from "./shop.ts";
import { between } from "./transactions.ts";

interface MockMetric {
  unit: string;
  kind: string;
  description: string;
  languages: readonly string[];
  /** Of one instance, about. */
  size: number;
  /** Its parts with their shares. */
  part?: Shares;
  /** Of connections: their pools with their shares. */
  pool?: Shares;
}

interface Shares {
  attribute: string;
  shares: Record<string, number>;
}

const MIB = 2 ** 20;
const metric = (unit: string, kind: string, languages: string, size: number, description: string, part?: Shares, pool?: Shares): MockMetric => ({ unit, kind, description, languages: languages.split(" "), size, ...(part ? { part } : {}), ...(pool ? { pool } : {}) });
const POOLS: Shares = { attribute: "db.client.connection.pool.name", shares: { orders: 0.7, reports: 0.3 } };
const NO_SHARES: Shares = { attribute: "", shares: { "": 1 } };

const METRICS: Record<string, MockMetric> = {
  "http.server.request.duration": metric("s", "histogram", "java python nodejs dotnet go", 0.08, "Duration of HTTP server requests."),
  "http.server.active_requests": metric("{request}", "sum", "java python dotnet", 6, "Number of active HTTP server requests."),
  "jvm.memory.used": metric("By", "sum", "java", 700 * MIB, "Measure of memory used.", { attribute: "jvm.memory.type", shares: { heap: 0.75, non_heap: 0.25 } }),
  "jvm.memory.committed": metric("By", "sum", "java", 1100 * MIB, "Measure of memory committed."),
  "jvm.gc.duration": metric("s", "histogram", "java", 0.02, "Duration of JVM garbage collection actions."),
  "jvm.thread.count": metric("{thread}", "sum", "java", 48, "Number of executing platform threads."),
  "jvm.cpu.recent_utilization": metric("1", "gauge", "java", 0.34, "Recent CPU utilization for the process as reported by the JVM."),
  "db.client.connection.count": metric("{connection}", "sum", "java python", 14, "Connections that are in the state described by the state attribute.", { attribute: "db.client.connection.state", shares: { used: 0.6, idle: 0.4 } }, POOLS),
  "db.client.connection.max": metric("{connection}", "sum", "java", 20, "The maximum number of open connections allowed.", undefined, POOLS),
  "v8js.memory.heap.used": metric("By", "gauge", "nodejs", 96 * MIB, "Heap memory used."),
  "v8js.gc.duration": metric("s", "histogram", "nodejs", 0.004, "Garbage collection duration."),
  "cpython.gc.collections": metric("{collection}", "sum", "python", 0.4, "The number of times a generation was collected since interpreter start."),
  "nginx.connections_current": metric("connections", "sum", "nodejs", 40, "The current number of nginx connections by state.", { attribute: "state", shares: { active: 1, reading: 0.1, writing: 0.3, waiting: 0.6 } }),
  "nodejs.eventloop.utilization": metric("1", "gauge", "nodejs", 0.2, "Event loop utilization."),
  "process.cpu.utilization": metric("1", "gauge", "python", 0.22, "Process CPU utilization."),
  "process.cpu.time": metric("s", "sum", "nodejs", 0.3, "Total CPU seconds broken down by different states."),
  "process.memory.usage": metric("By", "sum", "python nodejs", 220 * MIB, "The amount of physical memory in use."),
  "process.thread.count": metric("{thread}", "sum", "python", 12, "Process threads count."),
  "dotnet.gc.last_collection.heap.size": metric("By", "sum", "dotnet", 140 * MIB, "The managed GC heap size."),
  "go.memory.used": metric("By", "sum", "go", 40 * MIB, "Memory used by the Go runtime.", { attribute: "go.memory.type", shares: { stack: 0.1, other: 0.9 } }),
  "go.goroutine.count": metric("{goroutine}", "sum", "go", 90, "Count of live goroutines."),
  "orders.placed": metric("{order}", "sum", "java", 40, "Orders placed since start."),
};

const sendersOf = ({ languages }: MockMetric) => SHOP.filter(({ language }) => languages.includes(language));

export function metrics(query: URLSearchParams): Apm.Metric[] {
  const wanted = query.get("q") ?? "";
  return Object.entries(METRICS)
    .filter(([name]) => name.includes(wanted))
    .map(([name, one], index) => ({ name, unit: one.unit, kind: one.kind, description: one.description, applications: sendersOf(one).map((sender) => sender.name), points: 5400 * (index + 1) }));
}

export function metricSeries(query: URLSearchParams): Apm.MetricSeries {
  const [from_ms, to_ms, step_ms] = [Number(query.get("from")), Number(query.get("to")), Number(query.get("step"))];
  const [name, group_by, wanted] = [query.get("name") ?? "", query.get("group_by"), query.get("attr")];
  const known = METRICS[name];
  const aggregation = (query.get("aggregation") ?? "avg") as Apm.Aggregation;
  const senders = known ? sendersOf(known).filter(({ name: own }) => own === (query.get("application") ?? own)) : [];
  const instances = senders.flatMap((sender) => sender.instances.map((instance) => ({ application: sender.name, instance }))).filter(({ instance }) => instance === (query.get("instance") ?? instance));
  const groups = new Map<string, { seed: number; size: number }[]>();
  instances.forEach(({ application, instance }, place) => {
    for (const [part, pool, share] of sharesOf(known)) {
      if (wanted !== null && wanted !== `${known?.part?.attribute}=${part}` && wanted !== `${known?.pool?.attribute}=${pool}`) continue;
      const label = group_by === "application" ? application : group_by === "instance" ? instance : group_by === known?.part?.attribute ? part : group_by === known?.pool?.attribute ? pool : "";
      groups.set(label, [...(groups.get(label) ?? []), { seed: place + 1 + part.length, size: (known?.size ?? 0) * share * (1 + (place % 3) * 0.3) }]);
    }
  });
  const series = [...groups].map(([label, parts]) => ({
    labels: group_by === null ? {} : { [group_by]: label },
    points: Array.from({ length: Math.ceil((to_ms - from_ms) / step_ms) }, (_, column): [number, number | null] => {
      const at = from_ms + column * step_ms;
      const value = parts.reduce((all, { seed, size }) => all + size * (1 + 0.25 * Math.sin(at / 61_000 + seed * 2) + 0.08 * diceOf(at / 1000 + seed)()), 0);
      return [at, aggregation === "avg" ? value / parts.length : value];
    }),
  }));
  return { name, unit: known?.unit ?? null, kind: known?.kind ?? "unknown", aggregation, series, omitted_series: 0, from_ms, to_ms, step_ms, incomplete: [] };
}

/** Every part of every pool, with its share of the whole. */
function sharesOf(metric: MockMetric | undefined): [part: string, pool: string, share: number][] {
  const pools = Object.entries((metric?.pool ?? NO_SHARES).shares);
  return Object.entries((metric?.part ?? NO_SHARES).shares).flatMap(([part, ofPart]) => pools.map(([pool, ofPool]): [string, string, number] => [part, pool, ofPart * ofPool]));
}

export function logs(query: URLSearchParams): Apm.Logs {
  const least = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 }[query.get("severity") ?? "trace"] ?? 1;
  const { list } = between(Math.max(Number(query.get("from")), Number(query.get("to")) - 600_000), Number(query.get("to")), query.get("application"));
  const all = list
    .filter((_, index) => index % 9 === 0)
    .map((one): Apm.LogRecord => {
      const level = one.status === "error" ? 17 : one.duration_ms > 900 ? 13 : 9;
      return {
        time_ms: one.start_ms + one.duration_ms,
        severity_number: level,
        severity_text: level === 17 ? "ERROR" : level === 13 ? "WARN" : "INFO",
        body: level === 17 ? `${one.operation} failed: ${one.exception_type}` : level === 13 ? `slow request ${one.operation} took ${Math.round(one.duration_ms)} ms` : `${one.operation} handled in ${Math.round(one.duration_ms)} ms`,
        application: one.application,
        instance: one.instance,
        trace_id: one.trace_id,
        span_id: one.span_id,
        attributes: { "thread.name": "http-nio-8080-exec-4", "code.function.name": "handle" },
        resource: { "service.name": one.application, "service.instance.id": one.instance ?? "" },
      };
    })
    .filter((one) => one.severity_number >= least && one.body.includes(query.get("q") ?? ""))
    .sort((a, b) => b.time_ms - a.time_ms);
  const at = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 100);
  return { logs: all.slice(at, at + limit), next_cursor: at + limit < all.length ? String(at + limit) : null, incomplete: [] };
}
