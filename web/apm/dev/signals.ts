import type { Apm } from "@naru/api";
import { diceOf } from "./dice.ts";
import { between } from "./transactions.ts";
import { SHOP } from "./shop.ts";

const METRICS: [name: string, unit: string, kind: string, description: string][] = [
  ["http.server.request.duration", "s", "histogram", "Duration of HTTP server requests."],
  ["jvm.memory.used", "By", "gauge", "Measure of memory used."],
  ["jvm.gc.duration", "s", "histogram", "Duration of JVM garbage collection actions."],
  ["jvm.thread.count", "{thread}", "gauge", "Number of executing platform threads."],
  ["db.client.connection.count", "{connection}", "gauge", "Connections that are in the state described by the state attribute."],
  ["process.cpu.time", "s", "sum", "Total CPU seconds broken down by different states."],
  ["process.memory.usage", "By", "gauge", "The amount of physical memory in use."],
  ["nodejs.eventloop.utilization", "1", "gauge", "Event loop utilization."],
  ["orders.placed", "{order}", "sum", "Orders placed since start."],
];

export function metrics(query: URLSearchParams): Apm.Metric[] {
  const wanted = query.get("q") ?? "";
  return METRICS.filter(([name]) => name.includes(wanted)).map(([name, unit, kind, description], index) => ({ name, unit, kind, description, applications: SHOP.slice(0, 1 + (index % 4)).map((one) => one.name), points: 5400 * (index + 1) }));
}

export function metricSeries(query: URLSearchParams): Apm.MetricSeries {
  const [from_ms, to_ms, step_ms] = [Number(query.get("from")), Number(query.get("to")), Number(query.get("step"))];
  const name = query.get("name") ?? "";
  const [, unit = null, kind = "gauge"] = METRICS.find(([known]) => known === name) ?? [];
  const groups = query.get("group_by") === null ? [null] : SHOP.map((one) => one.name);
  const size = unit === "By" ? 4e8 : unit === "s" ? 0.08 : 40;
  const lines = groups.map((group, index) => ({
    labels: group === null ? {} : { [query.get("group_by") ?? ""]: group },
    points: Array.from({ length: Math.ceil((to_ms - from_ms) / step_ms) }, (_, column): [number, number | null] => {
      const at = from_ms + column * step_ms;
      const wave = 1 + 0.3 * Math.sin(at / 61_000 + index) + 0.1 * diceOf(at / 1000 + index)();
      return [at, group === "risk" && column % 40 > 30 ? null : size * wave * (1 + index * 0.4)];
    }),
  }));
  const aggregation = (query.get("aggregation") ?? "avg") as Apm.Aggregation;
  return { name, unit, kind, aggregation, series: lines, omitted_series: 0, from_ms, to_ms, step_ms, incomplete: [] };
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
