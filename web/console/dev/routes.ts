import type { ServerResponse } from "node:http";
import { playOnboarding } from "./onboarding.ts";
import { ago, projectOf, sessionOf, type World } from "./world.ts";

interface Call {
  world: World;
  id: string;
  query: URLSearchParams;
  body: Record<string, string>;
  response: ServerResponse;
}

type Reply = { status: number; body?: unknown } | null;

const TAKEN = new Set(["acme", "naru", "globex"]);
const RESERVED = new Set(["admin", "console", "www", "api"]);

const problem = (status: number, code: string, title: string, errors?: unknown): Reply => ({
  status,
  body: { type: "about:blank", title, status, code, detail: title, errors },
});

function availability(tenant: string) {
  const code = tenant.length < 3 ? "too_short" : RESERVED.has(tenant) ? "reserved" : TAKEN.has(tenant) ? "taken" : null;
  return { tenant, available: code === null, code, message: code };
}

function usage(days: number) {
  const list = Array.from({ length: days }, (_, index) => {
    const day = new Date(Date.now() - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    const spans = index < days - 22 ? 0 : Math.round(1_900_000 + 900_000 * Math.sin(index / 1.1) + index * 42_000);
    return { day, spans, metric_points: Math.round(spans * 0.31), log_records: Math.round(spans * 0.12), bytes: spans * 212 };
  });
  const sum = (field: "spans" | "metric_points" | "log_records" | "bytes") => list.reduce((all, day) => all + day[field], 0);
  return {
    from: list[0]?.day,
    to: list.at(-1)?.day,
    totals: { spans: sum("spans"), metric_points: sum("metric_points"), log_records: sum("log_records"), bytes: sum("bytes") },
    days: list,
  };
}

export const routes: [RegExp, (call: Call) => Reply][] = [
  [/^GET \/sessions\/current$/, ({ world }) => (world.session ? { status: 200, body: world.session } : problem(401, "no_session", "log in first"))],
  [/^DELETE \/sessions\/current$/, ({ world }) => ((world.session = null), { status: 204 })],
  [/^POST \/sessions$/, ({ world, body }) => {
    if (body["password"] !== "correct horse") return problem(401, "invalid_credentials", "mail address or password is not right");
    world.session = sessionOf(body["email"] ?? "", "김하늘", "Acme", "acme", true);
    return { status: 201, body: world.session };
  }],
  [/^POST \/signup$/, ({ world, body }) => {
    if (body["email"] === "taken@acme.example") return problem(422, "invalid", "some fields are refused", [{ field: "email", code: "taken", message: "taken" }]);
    const free = availability(body["tenant"] ?? "");
    if (!free.available) return problem(422, "invalid", "some fields are refused", [{ field: "tenant", code: free.code, message: free.message }]);
    world.session = sessionOf(body["email"] ?? "", body["name"] ?? "", body["company"] ?? "", body["tenant"] ?? "", false);
    world.projects = [];
    return { status: 201, body: world.session };
  }],
  [/^GET \/signup\/availability$/, ({ query }) => ({ status: 200, body: availability(query.get("tenant") ?? "") })],
  [/^POST \/email-verifications$/, ({ world, body }) => {
    if (body["token"] !== "good") return problem(422, "invalid_token", "this link does not hold");
    if (world.session) world.session.user.email_verified = true;
    return { status: 200, body: { email: world.session?.user.email ?? "dana@acme.example" } };
  }],
  [/^POST \/email-verifications\/resend$/, () => ({ status: 204 })],
  [/^PATCH \/me$/, ({ world, body }) => {
    if (world.session) Object.assign(world.session.user, body);
    return { status: 200, body: world.session };
  }],
  [/^GET \/regions$/, () => ({ status: 200, body: { regions: [{ name: "ap-ne2", title: "서울" }, { name: "eu-c1", title: "Frankfurt" }] } })],
  [/^GET \/projects$/, ({ world }) => {
    for (const project of world.projects) if (project.id === "prj_02") Object.assign(project, { spans_total: (project.spans_total ?? 0) + 1881 });
    return { status: 200, body: { projects: world.projects } };
  }],
  [/^POST \/projects$/, ({ world, body }) => {
    if (world.projects.some((project) => project.name === body["name"])) return problem(422, "invalid", "refused", [{ field: "name", code: "taken", message: "taken" }]);
    const project = projectOf({ id: `prj_${Date.now()}`, name: body["name"] ?? "", platform: body["platform"] as "python", group: body["group"] || "default", created_at: ago(0) });
    world.projects.push(project);
    return { status: 201, body: project };
  }],
  [/^GET \/projects\/([^/]+)$/, ({ world, id }) => {
    const found = world.projects.find((project) => project.id === id);
    return found ? { status: 200, body: found } : problem(404, "not_found", "no such project");
  }],
  [/^GET \/projects\/([^/]+)\/install$/, () => ({
    status: 200,
    body: { otlp_grpc_url: "https://ingest.ap-ne2.naru.example:4317", otlp_http_url: "https://ingest.ap-ne2.naru.example:4318", region: "ap-ne2", apm_url: "http://acme.apm.ap-ne2.localhost:8080" },
  })],
  [/^GET \/projects\/([^/]+)\/license-keys$/, ({ world, id }) => ({ status: 200, body: { license_keys: world.keys.get(id) ?? [] } })],
  [/^POST \/projects\/([^/]+)\/license-keys$/, ({ world, id, body }) => {
    const list = world.keys.get(id) ?? [];
    const key = { id: `lk_${Date.now()}`, name: body["name"] ?? `key-${list.length + 1}`, hint: "nlk_ap-ne2_Xq…7Qd2", created_at: ago(0), last_used_at: null, revoked_at: null };
    world.keys.set(id, [key, ...list]);
    return { status: 201, body: { ...key, key: "nlk_ap-ne2_XqT5w0ZbR8mKc2YvN4hJ6sLdF1gAe97P3uo07Qd2" } };
  }],
  [/^DELETE \/license-keys\/([^/]+)$/, ({ world, id }) => {
    for (const key of [...world.keys.values()].flat()) if (key.id === id) key.revoked_at ??= ago(0);
    return { status: 204 };
  }],
  [/^GET \/tokens$/, ({ world }) => ({ status: 200, body: { tokens: world.tokens } })],
  [/^POST \/tokens$/, ({ world, body }) => {
    const token = { id: `tok_${Date.now()}`, name: body["name"] ?? "", hint: "nat_Xq…9aB", created_at: ago(0), last_used_at: null };
    world.tokens.unshift(token);
    return { status: 201, body: { ...token, token: "nat_XqT5w0ZbR8mKc2YvN4hJ6sLdF1gAe97P3uo09aB" } };
  }],
  [/^DELETE \/tokens\/([^/]+)$/, ({ world, id }) => ((world.tokens = world.tokens.filter((token) => token.id !== id)), { status: 204 })],
  [/^POST \/projects\/([^/]+)\/test-trace$/, () => ({ status: 202, body: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" } })],
  [/^GET \/projects\/([^/]+)\/usage$/, ({ id, query }) => {
    const days = Math.round((Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "")) / 86_400_000);
    if (id === "prj_05") return { status: 200, body: { from: "", to: "", days: [], totals: { spans: 0, metric_points: 0, log_records: 0, bytes: 0 } } };
    return { status: 200, body: usage(days) };
  }],
  [/^GET \/projects\/([^/]+)\/onboarding$/, ({ world, response }) => (playOnboarding(response, world.arriving), null)],
];
