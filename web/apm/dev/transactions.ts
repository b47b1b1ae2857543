import type { Apm } from "@naru/api";
import { diceOf, pick, spread, type Dice } from "./dice.ts";
import { SHOP, type Operation, type ShopApplication } from "./shop.ts";

/** Transactions a second in quiet times. */
const TPS = Number(process.env["NARU_MOCK_TPS"] ?? 75);

const CHOICES = SHOP.flatMap((application) => application.operations.map((operation) => ({ application, operation })));
const SHARES = CHOICES.reduce((sum, { operation }) => sum + operation.share, 0);

const cache = new Map<number, Apm.Transaction[]>();

/** What began in one second: always the same for the same second. */
export function transactionsOf(second: number): Apm.Transaction[] {
  const known = cache.get(second);
  if (known) return known;
  const dice = diceOf(second);
  const wave = 1 + 0.25 * Math.sin(second / 47) + 0.12 * Math.sin(second / 11) + (dice() - 0.5) * 0.3;
  const list = Array.from({ length: Math.round(TPS * wave) }, (_, index) => transaction(second, index, dice));
  if (second % 120 === 0) list.push({ ...transaction(second, 9999, dice), application: "naru-test-shop", instance: "test", operation: "GET /test", name: "GET /test" });
  list.sort((a, b) => a.start_ms - b.start_ms);
  if (cache.size > 8000) cache.clear();
  cache.set(second, list);
  return list;
}

function transaction(second: number, index: number, dice: Dice): Apm.Transaction {
  const { application, operation } = choose(dice);
  // Every four minutes the lock in checkout holds for forty seconds.
  const phase = second % 240;
  const locked = application.name === "checkout" && operation.sql > 20 && phase > 120 && phase < 160 && dice() < 0.7;
  const slow = dice() < 0.006 ? 12 + dice() * 30 : 1;
  const duration_ms = Math.round(operation.usual_ms * spread(dice) * slow * 1000 + (locked ? (1600 + dice() * 3800) * 1000 : 0)) / 1000;
  const failed = dice() < (locked ? 0.55 : operation.failing);
  const sql_count = operation.sql === 0 ? 0 : Math.max(1, Math.round(operation.sql * (0.8 + dice() * 0.4)));
  const web = operation.name.includes(" /");
  return {
    trace_id: `${hex(second, 8)}${hex(index, 8)}${hex(Math.floor(dice() * 2 ** 32), 8)}${hex(Math.floor(dice() * 2 ** 32), 8)}`,
    span_id: `${hex(second, 8)}${hex(index * 4096, 8)}`,
    start_ms: second * 1000 + Math.round(dice() * 999_000) / 1000,
    duration_ms,
    application: application.name,
    instance: pick(dice, application.instances),
    operation: operation.name,
    name: operation.name,
    kind: web ? "server" : "consumer",
    status: failed ? "error" : "unset",
    http_status_code: web ? (failed ? pick(dice, [500, 503, 504]) : 200) : null,
    sql_ms: sql_count === 0 ? 0 : duration_ms * (locked ? 0.93 : 0.3 + dice() * 0.3),
    sql_count,
    external_ms: application.name === "gateway" ? duration_ms * 0.8 : operation.sql > 20 ? 18 + dice() * 90 : 0,
    external_count: application.name === "gateway" ? 1 : operation.sql > 20 ? 2 : 0,
    client_address: `10.4.${Math.floor(dice() * 4)}.${Math.floor(dice() * 250)}`,
    user_id: dice() < 0.8 ? `u-${10_000 + Math.floor(dice() * 2600)}` : null,
    exception_type: failed ? exceptionOf(application, locked) : null,
  };
}

function choose(dice: Dice): { application: ShopApplication; operation: Operation } {
  let at = dice() * SHARES;
  return CHOICES.find(({ operation }) => (at -= operation.share) < 0) ?? CHOICES[0]!; // CHOICES is not empty.
}

function exceptionOf(application: ShopApplication, locked: boolean): string {
  if (locked) return "org.springframework.dao.CannotAcquireLockException";
  return application.language === "java" ? "java.net.SocketTimeoutException" : application.language === "python" ? "psycopg.errors.QueryCanceled" : "UpstreamError";
}

function hex(value: number, length: number): string {
  return (value >>> 0).toString(16).padStart(length, "0").slice(-length);
}

/** Everything that began in a stretch of time; long ones are thinned, `weight` says how much each stands for. */
export function between(fromMs: number, toMs: number, application: string | null, instance: string | null = null): { list: Apm.Transaction[]; weight: number } {
  const now = Date.now();
  const end = Math.min(toMs, now);
  const seconds = Math.max(0, Math.ceil(end / 1000) - Math.floor(fromMs / 1000));
  const stride = Math.max(1, Math.ceil(seconds / 3700));
  const list: Apm.Transaction[] = [];
  for (let second = Math.floor(fromMs / 1000); second * 1000 < end; second += stride) {
    for (const one of transactionsOf(second)) {
      const known = one.start_ms + one.duration_ms + 900 < now;
      if (known && one.start_ms >= fromMs && one.start_ms < toMs && (application === null || one.application === application) && (instance === null || one.instance === instance)) list.push(one);
    }
  }
  return { list, weight: stride };
}
