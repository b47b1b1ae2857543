import type { Apm } from "@naru/api";
import { totals } from "./dashboard.ts";
import { diceOf } from "./dice.ts";
import { SHOP } from "./shop.ts";
import { between } from "./transactions.ts";

const OUTSIDE = "outside";

interface Call {
  from: string;
  to: string;
  /** Of the caller's own transactions. */
  share: number;
  p50_ms: number;
  failing: number;
}

const CALLS: Call[] = [
  { from: OUTSIDE, to: "service:gateway", share: 1, p50_ms: 40, failing: 0.004 },
  { from: "service:gateway", to: "service:checkout", share: 0.45, p50_ms: 52, failing: 0.021 },
  { from: "service:gateway", to: "service:catalog", share: 0.9, p50_ms: 14, failing: 0.001 },
  { from: "service:checkout", to: "service:risk", share: 0.5, p50_ms: 8, failing: 0 },
  { from: "service:checkout", to: "db:postgresql/orders", share: 6.2, p50_ms: 3, failing: 0.002 },
  { from: "service:checkout", to: "queue:kafka/payments", share: 0.3, p50_ms: 2, failing: 0 },
  { from: "service:checkout", to: "external:api.toss.example:443", share: 0.3, p50_ms: 210, failing: 0.13 },
  { from: "service:catalog", to: "db:postgresql/products", share: 2.1, p50_ms: 2, failing: 0 },
  { from: "service:catalog", to: "db:redis/0", share: 3, p50_ms: 0.4, failing: 0 },
  { from: "service:risk", to: "external:scoring.example:443", share: 0.2, p50_ms: 33, failing: 0.01 },
  { from: "queue:kafka/payments", to: "service:ledger", share: 1, p50_ms: 26, failing: 0.002 },
  { from: "service:ledger", to: "db:mysql/ledger", share: 3, p50_ms: 4, failing: 0 },
];

/** Calls that go with the made-up shop; the stretch before lacks some, has others and other times. */
export function serviceMap(query: URLSearchParams, empty: boolean): Apm.ServiceMap {
  const [from_ms, to_ms] = [Number(query.get("from")), Number(query.get("to"))];
  if (empty) return { from_ms, to_ms, nodes: [], edges: [], incomplete: [] };
  const seconds = (to_ms - from_ms) / 1000;
  const { list, weight } = between(from_ms, to_ms, null);
  const old = to_ms < Date.now() - 60_000;
  const own = new Map(SHOP.map(({ name }) => [`service:${name}`, totals(list.filter(({ application }) => application === name), weight, seconds)]));
  const calls = CALLS.filter(({ to }) => !old || to !== "external:scoring.example:443").concat(old ? [{ from: "service:gateway", to: "external:legacy.example:80", share: 0.1, p50_ms: 80, failing: 0 }] : []);
  const edges = calls.map(({ from, to, share, p50_ms, failing }): Apm.MapEdge => {
    const dice = diceOf(Math.floor(to_ms / 5000) + from.length * 31 + to.length);
    const base = from === OUTSIDE ? own.get(to) : from.startsWith("queue:") ? own.get(to) : own.get(from);
    const count = Math.round((base?.transactions ?? 0) * share);
    const slow = old && to === "db:postgresql/orders" ? 0.4 : old && to === "service:risk" ? 2.4 : 1;
    const errors = Math.round(count * failing);
    return { from, to, calls: count, rate: count / seconds, errors, error_rate: count === 0 ? 0 : errors / count, p50_ms: p50_ms * slow, p95_ms: p50_ms * slow * (5 + dice()) };
  });
  const ids = [...new Set([...own.keys(), ...edges.flatMap(({ from, to }) => [from, to])])].sort();
  return { from_ms, to_ms, nodes: ids.map((id) => node(id, own.get(id), edges, seconds)), edges, incomplete: [] };
}

function node(id: string, own: Apm.Totals | undefined, edges: Apm.MapEdge[], seconds: number): Apm.MapNode {
  const [, prefix = id, rest = ""] = /^(\w+):(.*)$/.exec(id) ?? [];
  const kind = ({ service: "application", db: "database", queue: "queue", external: "external" } as const)[prefix] ?? "outside";
  const [system = "", name = ""] = kind === "database" || kind === "queue" ? rest.split("/") : ["", rest];
  const taken = edges.filter(({ to }) => to === id);
  const calls = taken.reduce((all, edge) => all + edge.calls, 0);
  const errors = taken.reduce((all, edge) => all + edge.errors, 0);
  const [first] = taken;
  return {
    id,
    kind,
    name,
    system: system === "" ? null : system,
    totals: own ?? { transactions: calls, tps: calls / seconds, errors, error_rate: calls === 0 ? 0 : errors / calls, p50_ms: first?.p50_ms ?? null, p95_ms: first?.p95_ms ?? null, p99_ms: first?.p95_ms ?? null, mean_ms: first?.p50_ms ?? null, max_ms: first?.p95_ms ?? null, apdex: null },
  };
}
