import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { startWorld, type World } from "./world.ts";
import { routes } from "./routes.ts";

/**
 * Made-up answers for `npm run dev` without a stack: only the dev server loads this, no build holds it.
 *
 * State lives in the dev server's memory; a restart forgets it. `POST /api/v1/dev/reset?world=empty|new|full` sets a scene.
 */
export function mockConsole(): Plugin {
  let world: World = startWorld("full");
  return {
    name: "naru-mock-console",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/api/v1", (request, response) => {
        void handle(request, response);
      });
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? "/", "http://mock");
    if (url.pathname === "/dev/reset") {
      world = startWorld(url.searchParams.get("world") ?? "full");
      return send(response, 204);
    }
    const call = `${request.method ?? "GET"} ${url.pathname}`;
    for (const [pattern, answer] of routes) {
      const match = pattern.exec(call);
      if (!match) continue;
      const body = await readJson(request);
      const reply = answer({ world, id: match[1] ?? "", query: url.searchParams, body, response });
      if (reply) send(response, reply.status, reply.body);
      return undefined;
    }
    return send(response, 404, { title: "Not found", status: 404, code: "not_found" });
  }
}

function send(response: ServerResponse, status: number, body?: unknown) {
  const kind = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, body === undefined ? {} : { "content-type": kind });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Record<string, string>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : (JSON.parse(text) as Record<string, string>);
}
