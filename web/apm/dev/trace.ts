import type { Apm } from "@naru/api";
import { diceOf, type Dice } from "./dice.ts";
import { transactionsOf } from "./transactions.ts";

type Span = Apm.Span;

const ITEM_SQL = "select id, sku, qty from order_item where order_id = $1 and sku = $2 for update";
const STACK = `org.springframework.dao.CannotAcquireLockException: could not obtain lock on row in relation "order_item"
    at org.springframework.orm.jpa.vendor.HibernateJpaDialect.convertHibernateAccessException(HibernateJpaDialect.java:276)
    at com.shop.OrderRepository.reserve(OrderRepository.java:118)
    at com.shop.PayService.pay(PayService.java:64)
    at com.shop.OrderController.pay(OrderController.java:41)
Caused by: org.postgresql.util.PSQLException: ERROR: canceling statement due to lock timeout
    at org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2713)`;

/** The trace of one of our transactions; null for ids that are not ours. `…ffffffff` at the end asks for 10,000 spans. */
export function traceOf(traceId: string): Apm.Trace | null {
  const second = parseInt(traceId.slice(0, 8), 16);
  const entry = transactionsOf(second)[0] && transactionsOf(second).find((one) => one.trace_id === traceId);
  if (!entry && !traceId.endsWith("ffffffff")) return null;
  const build = new Build(entry ?? (transactionsOf(second)[0] as Apm.Transaction), diceOf(second * 31));
  if (entry) build.shop();
  else build.many(10_000);
  return build.trace(traceId);
}

class Build {
  private readonly spans: Span[] = [];
  private readonly failed: boolean;

  constructor(
    private readonly entry: Apm.Transaction,
    private readonly dice: Dice,
  ) {
    this.failed = entry.status === "error";
  }

  trace(trace_id: string): Apm.Trace {
    const duration_ms = Math.max(...this.spans.map((span) => span.start_offset_ms + span.duration_ms));
    const root = this.spans[0];
    const logs = ["info", "warn", this.failed ? "error" : "info"].map((level, index): Apm.LogRecord => ({
      time_ms: this.entry.start_ms + duration_ms * (0.1 + index * 0.4),
      severity_number: level === "error" ? 17 : level === "warn" ? 13 : 9,
      severity_text: level.toUpperCase(),
      body: level === "error" ? "payment failed: could not obtain lock on row" : level === "warn" ? "lock wait above 500 ms, order 88120417" : "payment requested order=88120417",
      application: this.entry.application,
      instance: this.entry.instance,
      trace_id,
      span_id: root?.span_id ?? null,
      attributes: { "thread.name": "http-nio-8080-exec-4", logger: "com.shop.PayService" },
      resource: {},
    }));
    return { trace_id, start_ms: this.entry.start_ms, duration_ms, applications: [...new Set(this.spans.map((span) => span.application))], spans: this.spans, omitted_spans: 0, logs, incomplete: [] };
  }

  /** gateway → checkout → SQL in a loop, a call to risk, a gap, an exception. */
  shop(): void {
    const total = this.entry.duration_ms;
    const status = this.failed ? "error" : "unset";
    const own = this.entry.application;
    const root = this.add(null, { name: this.entry.operation, application: own, category: own === "ledger" ? "messaging" : "http", kind: this.entry.kind, status, at: 0, length: total, http: this.entry.http_status_code });
    if (this.entry.sql_count < 10) return this.simple(root, total);
    const service = this.add(root, { name: "PayService.pay", application: own, category: "internal", status, thrown: this.failed, at: total * 0.004, length: total * 0.985 });
    this.add(service, { name: "SELECT orders", application: own, category: "sql", at: total * 0.01, length: total * 0.02, sql: "select * from orders where id = $1" });
    const call = this.add(service, { name: "GET risk", application: own, category: "external", kind: "client", at: total * 0.035, length: total * 0.05 });
    const risk = this.add(call, { name: "GET /score/{user}", application: "risk", category: "http", kind: "server", at: total * 0.038, length: total * 0.044 });
    this.add(risk, { name: "GET", application: "risk", category: "external", kind: "client", at: total * 0.045, length: total * 0.01, redis: true });
    const loop = this.entry.sql_count - 3;
    const from = total * 0.14;
    const each = (total * 0.78) / loop;
    for (let index = 0; index < loop; index += 1) {
      const broken = this.failed && index === loop - 1;
      this.add(service, { name: "SELECT order_item", application: own, category: "sql", at: from + index * each, length: each * (0.75 + this.dice() * 0.2), sql: ITEM_SQL, status: broken ? "error" : "unset", thrown: broken });
    }
    this.add(service, { name: "UPDATE stock", application: own, category: "sql", at: total * 0.93, length: total * 0.02, sql: "update stock set reserved = reserved + $1 where sku = $2 returning reserved" });
    this.add(service, { name: "payment-settled publish", application: own, category: "messaging", kind: "producer", at: total * 0.955, length: total * 0.006 });
  }

  many(count: number): void {
    const root = this.add(null, { name: "GET /report", application: "catalog", category: "http", kind: "server", at: 0, length: 9000, http: 200 });
    let parent = root;
    for (let index = 1; index < count; index += 1) {
      if (index % 60 === 0) parent = this.add(root, { name: `render section ${index / 60}`, application: "catalog", category: "internal", at: index * 0.88, length: 55 });
      else this.add(parent, { name: index % 3 === 0 ? "SELECT section" : `step ${index}`, application: "catalog", category: index % 3 === 0 ? "sql" : "internal", at: index * 0.88, length: 0.7, ...(index % 3 === 0 ? { sql: "select 1" } : {}) });
    }
  }

  private simple(root: Span, total: number): void {
    for (let index = 0; index < this.entry.sql_count; index += 1) {
      this.add(root, { name: "SELECT product", application: root.application, category: "sql", at: total * (0.12 + index * 0.2), length: total * 0.14, sql: "SELECT p.id, p.name, p.price FROM product p JOIN stock s ON s.product_id = p.id WHERE p.id = $1" });
    }
    if (root.application === "gateway") this.add(root, { name: "GET checkout", application: "gateway", category: "external", kind: "client", at: total * 0.1, length: total * 0.8 });
  }

  private add(parent: Span | null, wanted: Wanted): Span {
    const number = this.spans.length;
    const span: Span = {
      span_id: parent === null ? this.entry.span_id : this.entry.span_id.slice(0, 8) + (parseInt(this.entry.span_id.slice(8), 16) + number).toString(16).padStart(8, "0"),
      parent_span_id: parent?.span_id ?? null,
      name: wanted.name,
      operation: wanted.name,
      kind: wanted.kind ?? (wanted.sql ? "client" : "internal"),
      category: wanted.category,
      application: wanted.application,
      instance: wanted.application === this.entry.application ? this.entry.instance : `${wanted.application}-84cc-k1z8v`,
      start_ms: this.entry.start_ms + wanted.at,
      start_offset_ms: wanted.at,
      duration_ms: wanted.length,
      self_ms: wanted.length,
      status: wanted.status ?? "unset",
      status_message: wanted.status === "error" ? "could not obtain lock on row" : null,
      db: wanted.sql ? { system: "postgresql", namespace: "orders", operation: wanted.sql.split(" ")[0]?.toUpperCase() ?? null, statement: wanted.sql } : wanted.redis ? { system: "redis", namespace: "0", operation: "GET", statement: "GET score:?" } : null,
      http: wanted.http == null ? null : { method: wanted.name.split(" ")[0] ?? null, route: wanted.name.split(" ")[1] ?? null, status_code: wanted.http, url: `http://shop.example${wanted.name.split(" ")[1]?.replace("{id}", "88120417") ?? ""}` },
      exceptions: wanted.thrown ? [{ time_ms: this.entry.start_ms + wanted.at + wanted.length, type: "org.springframework.dao.CannotAcquireLockException", message: 'could not obtain lock on row in relation "order_item"', stacktrace: STACK }] : [],
      events: number === 0 ? [{ time_ms: this.entry.start_ms + 1, name: "session.resolved", attributes: { "session.new": false } }] : [],
      links: [],
      attributes: { "thread.id": 42, ...(number === 0 && this.entry.user_id ? { "user.id": this.entry.user_id } : {}), ...(wanted.sql ? { "server.address": "db-1", "server.port": 5432, "db.query.parameter.0": "88120417", "db.query.parameter.1": "A-1029" } : {}) },
      resource: { "service.name": wanted.application, "service.version": "2.14.0", "telemetry.sdk.language": "java", "host.name": "node-7", "k8s.pod.name": this.entry.instance ?? "" },
      scope_name: wanted.sql ? "io.opentelemetry.jdbc" : "io.opentelemetry.spring-webmvc-6.0",
    };
    if (parent) parent.self_ms = Math.max(0, parent.self_ms - span.duration_ms);
    this.spans.push(span);
    return span;
  }
}

interface Wanted {
  name: string;
  application: string;
  category: Span["category"];
  kind?: string;
  status?: Span["status"];
  at: number;
  length: number;
  sql?: string;
  redis?: boolean;
  http?: number | null;
  thrown?: boolean;
}
