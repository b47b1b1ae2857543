import type { IncomingMessage, ServerResponse } from "node:http";
import type { Apm } from "@naru/api";
import type { Plugin } from "vite";
import { dashboard, instances } from "./dashboard.ts";
import { applications, heatmap, transactions } from "./figures.ts";
import { follow } from "./live.ts";
import { serviceMap } from "./serviceMap.ts";
import { logs, metrics, metricSeries } from "./signals.ts";
import { traceOf } from "./trace.ts";

/**
 * Made-up answers for `npm run dev` without a stack: only the dev server loads this, no build holds it.
 *
 * Project `prj_empty` has no data, `prj_away` answers 503; a tenant without projects: `POST /api/v1/dev/world?name=empty`, without a
 * session: `?name=out`, back: `?name=full`.
 */
export function mockApm(): Plugin {
  let world = "full";
  return {
    name: "naru-mock-apm",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/api/v1", (request: IncomingMessage, response: ServerResponse) => {
        const url = new URL(request.url ?? "/", "http://mock");
        if (url.pathname === "/dev/world") {
          world = url.searchParams.get("name") ?? "full";
          return send(response, 200, {});
        }
        if (world === "out") return send(response, 401, { title: "no session", status: 401, code: "no_session", login_url: "/auth/start" });
        return answer(url, response, world);
      });
    },
  };
}

const project = (id: string, name: string, platform: string): Apm.MeProject => ({ id, name, platform, group: "default", created_at: "2026-01-05T09:00:00Z" });

function me(world: string): Apm.Me {
  return {
    user: { name: "김하늘", email: "dana@acme.example", locale: "ko" },
    tenant: { id: "tnt_01", slug: "acme", company: "Acme" },
    role: "owner",
    console_url: "http://console.localhost:8080",
    projects: world === "empty" ? [] : [project("prj_shop", "shop-prod", "kubernetes"), project("prj_empty", "playground", "python"), project("prj_away", "legacy", "java")],
  };
}

function answer(url: URL, response: ServerResponse, world: string): void {
  if (url.pathname === "/me") return send(response, 200, me(world));
  const [, id, rest = ""] = /^\/projects\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (id === "prj_away") return send(response, 503, { title: "unavailable", status: 503, code: "unavailable" });
  if (id !== "prj_shop" && id !== "prj_empty") return send(response, 404, { title: "no such project", status: 404, code: "not_found" });
  if (id === "prj_empty") url.searchParams.set("application", "nobody");
  const query = url.searchParams;
  const trace = /^traces\/([0-9a-f]{32})$/.exec(rest)?.[1];
  if (trace !== undefined) {
    const found = traceOf(trace);
    return found ? send(response, 200, found) : send(response, 404, { title: "no such trace", status: 404, code: "not_found" });
  }
  const empty = id === "prj_empty";
  const routes: Record<string, () => unknown> = {
    heatmap: () => heatmap(query),
    dashboard: () => dashboard(query),
    instances: () => instances(query),
    "service-map": () => serviceMap(query, empty),
    applications: () => (empty ? { ...applications(query), applications: [] } : applications(query)),
    transactions: () => transactions(query),
    metrics: () => ({ metrics: empty ? [] : metrics(query), incomplete: [] }),
    "metrics/series": () => metricSeries(query),
    logs: () => logs(query),
  };
  if (rest === "live") return follow(response, empty);
  const route = routes[rest];
  return route ? send(response, 200, route()) : send(response, 404, { title: "not found", status: 404, code: "not_found" });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": status >= 400 ? "application/problem+json" : "application/json" });
  response.end(JSON.stringify(body));
}
