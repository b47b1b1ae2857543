import type { Apm } from "@naru/api";
import { quantile } from "./figures.ts";
import { between } from "./transactions.ts";

const BUCKET_MS = 10_000;
const APDEX_T_MS = 500;
const STEPS_MS = [10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 21_600_000];

/** Figures of transactions in whole buckets, the way the service counts them. */
export function dashboard(query: URLSearchParams): Apm.Dashboard {
  const [asked_from, asked_to] = [Number(query.get("from")), Number(query.get("to"))];
  const step_ms = STEPS_MS.find((step) => step >= (asked_to - asked_from) / 120) ?? 21_600_000;
  const from_ms = Math.floor(asked_from / BUCKET_MS) * BUCKET_MS;
  const to_ms = Math.ceil(asked_to / BUCKET_MS) * BUCKET_MS;
  const instance = query.get("instance");
  const { list, weight } = between(from_ms, to_ms, query.get("application"), instance);
  const columns = Array.from({ length: Math.ceil((to_ms - from_ms) / step_ms) }, (): Apm.Transaction[] => []);
  for (const one of list) columns[Math.floor((one.start_ms - from_ms) / step_ms)]?.push(one);
  const of = <Value>(value: (own: Apm.Transaction[]) => Value) => columns.map(value);
  const users = (own: Apm.Transaction[]) => new Set(own.map(({ user_id }) => user_id)).size;
  return {
    from_ms,
    to_ms,
    step_ms,
    totals: totals(list, weight, (Math.min(to_ms, Date.now()) - from_ms) / 1000),
    tps: of((own) => (own.length * weight * 1000) / step_ms),
    ...flow(list, weight, { from_ms, step_ms, steps: columns.length }),
    errors: of((own) => errors(own) * weight),
    error_rate: of((own) => (own.length === 0 ? null : errors(own) / own.length)),
    p50_ms: of((own) => quantile(own, 0.5)),
    p95_ms: of((own) => quantile(own, 0.95)),
    p99_ms: of((own) => quantile(own, 0.99)),
    mean_ms: of((own) => quantile(own, 0.55)),
    apdex: of(apdex),
    users: instance === null ? { total: users(list), per_step: of(users), identity: list.length === 0 || query.get("application") === "risk" ? null : "user", mixed: false } : { total: null, per_step: null, identity: null, mixed: false },
    incomplete: [],
  };
}

const AGES_MS = { under_1s: [0, 1000], from_1s: [1000, 3000], from_3s: [3000, 10_000], from_10s: [10_000, Infinity] } as const;

/** Who ended in each step, and who was in flight at which age, on average. */
function flow(list: Apm.Transaction[], weight: number, { from_ms, step_ms, steps }: { from_ms: number; step_ms: number; steps: number }): Pick<Apm.Dashboard, "out" | "in_flight"> {
  const zeros = () => Array.from({ length: steps }, () => 0);
  const out = zeros();
  const in_flight = { under_1s: zeros(), from_1s: zeros(), from_3s: zeros(), from_10s: zeros() };
  const add = (values: number[], step: number, value: number) => step < steps && (values[step] = (values[step] ?? 0) + (value * weight) / step_ms);
  for (const { start_ms, duration_ms } of list) {
    const last = Math.floor((start_ms + duration_ms - from_ms) / step_ms);
    add(out, last, 1000);
    for (let step = Math.floor((start_ms - from_ms) / step_ms); step <= Math.min(last, steps - 1); step += 1) {
      const [begin_ms, end_ms] = [from_ms + step * step_ms, from_ms + (step + 1) * step_ms];
      for (const age of Object.keys(AGES_MS) as (keyof typeof AGES_MS)[]) {
        const [least_ms, most_ms] = AGES_MS[age];
        add(in_flight[age], step, Math.max(0, Math.min(end_ms, start_ms + Math.min(most_ms, duration_ms)) - Math.max(begin_ms, start_ms + least_ms)));
      }
    }
  }
  return { out, in_flight };
}

const errors = (list: Apm.Transaction[]) => list.filter(({ status }) => status === "error").length;

function apdex(list: Apm.Transaction[]): number | null {
  if (list.length === 0) return null;
  const points = list.map(({ status, duration_ms }) => (status === "error" || duration_ms > 4 * APDEX_T_MS ? 0 : duration_ms > APDEX_T_MS ? 0.5 : 1));
  return points.reduce<number>((all, one) => all + one, 0) / list.length;
}

export function totals(list: Apm.Transaction[], weight: number, seconds: number): Apm.Totals {
  const score = apdex(list);
  return {
    transactions: list.length * weight,
    tps: (list.length * weight) / seconds,
    errors: errors(list) * weight,
    error_rate: list.length === 0 ? 0 : errors(list) / list.length,
    p50_ms: quantile(list, 0.5),
    p95_ms: quantile(list, 0.95),
    p99_ms: quantile(list, 0.99),
    mean_ms: quantile(list, 0.55),
    max_ms: quantile(list, 1),
    apdex: score === null ? null : { t_ms: APDEX_T_MS, score, at_least: score, at_most: score },
  };
}

export function instances(query: URLSearchParams): Apm.Instances {
  const [from_ms, to_ms] = [Number(query.get("from")), Number(query.get("to"))];
  const { list, weight } = between(from_ms, to_ms, query.get("application"));
  const names = [...new Set(list.map(({ instance }) => instance ?? ""))].sort();
  return {
    instances: names.map((name) => {
      const own = list.filter(({ instance }) => instance === name);
      const { transactions, tps, error_rate, p95_ms } = totals(own, weight, (to_ms - from_ms) / 1000);
      return { name, transactions, tps, error_rate, p95_ms, last_seen_ms: Date.now() - 700 };
    }),
  };
}
