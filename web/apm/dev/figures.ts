import type { Apm } from "@naru/api";
import { edgesOf, rowOf } from "../../charts/src/field/edges.ts";
import { totals } from "./dashboard.ts";
import { SHOP } from "./shop.ts";
import { between } from "./transactions.ts";

/** Answers computed from the made-up transactions the way the service computes them from stored ones. */
export function heatmap(query: URLSearchParams): Apm.Heatmap {
  const [from_ms, to_ms] = [Number(query.get("from")), Number(query.get("to"))];
  const step_ms = Number(query.get("step_ms"));
  const edges = edgesOf(query.get("scale") === "linear" ? "linear" : "log", Number(query.get("max_ms") ?? 10_000));
  const { list, weight } = between(from_ms, to_ms, query.get("application"), query.get("instance"));
  const cells = new Map<string, [number, number, number, number]>();
  for (const one of list) {
    const [column, row] = [Math.floor((one.start_ms - from_ms) / step_ms), rowOf(edges, one.duration_ms)];
    const cell = cells.get(`${column} ${row}`) ?? [column, row, 0, 0];
    cell[2] += weight;
    if (one.status === "error") cell[3] += weight;
    cells.set(`${column} ${row}`, cell);
  }
  const sum = (index: 2 | 3) => [...cells.values()].reduce((all, cell) => all + cell[index], 0);
  return { from_ms, to_ms, step_ms, edges_ms: [...edges], cells: [...cells.values()], total: sum(2), errors: sum(3), incomplete: [] };
}

export function quantile(list: Apm.Transaction[], share: number): number | null {
  const sorted = list.map(({ duration_ms }) => duration_ms).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

export function applications(query: URLSearchParams): Apm.Applications {
  const [from_ms, to_ms] = [Number(query.get("from")), Number(query.get("to"))];
  const { list, weight } = between(from_ms, to_ms, null);
  const found = SHOP.map((application): Apm.Application => {
    const own = list.filter((one) => one.application === application.name);
    return {
      name: application.name,
      language: application.language,
      instances: application.instances.length,
      ...totals(own, weight, (to_ms - from_ms) / 1000),
      last_seen_ms: application.name === "ledger" ? Date.now() - 94_000 : Date.now() - 700,
    };
  });
  return { applications: found.filter((one) => one.transactions > 0), from_ms, to_ms, incomplete: query.get("application") === "risk" ? [{ partition: 3, since_ms: null, reason: "owner_away" }] : [] };
}

export function transactions(query: URLSearchParams): Apm.Transactions {
  const [min, max] = [Number(query.get("min_ms") ?? -1), Number(query.get("max_ms") ?? Infinity)];
  const status = query.get("status");
  const { list } = between(Number(query.get("from")), Number(query.get("to")), query.get("application"), query.get("instance"));
  const found = list.filter((one) => (min <= 0 || one.duration_ms > min) && one.duration_ms <= max && (status === null || (one.status === "error") === (status === "error")) && (query.get("operation") ?? one.operation) === one.operation);
  const by = query.get("sort") === "-duration" ? "duration_ms" : "start_ms";
  found.sort((a, b) => b[by] - a[by]);
  const at = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 100);
  return { transactions: found.slice(at, at + limit), next_cursor: at + limit < found.length ? String(at + limit) : null, total: found.length, incomplete: [] };
}
