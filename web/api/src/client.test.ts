import { afterEach, expect, test, vi } from "vitest";
import { answer, ApiError, createConsoleClient, parseOnboardingEvent } from "./index";

function reply(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const kind = typeof body === "string" ? "text/html" : status < 400 ? "application/json" : "application/problem+json";
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(text, { status, headers: { "content-type": kind, ...headers } })));
}

function projects() {
  return answer(createConsoleClient("http://console.test/api/v1").GET("/projects"));
}

async function failure(): Promise<ApiError> {
  try {
    await projects();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error("should have failed with an ApiError");
}

afterEach(() => vi.unstubAllGlobals());

test("a success is its body", async () => {
  reply(200, { projects: [] });
  expect(await projects()).toEqual({ projects: [] });
});

test("a refusal keeps its code and fields", async () => {
  reply(422, { title: "refused", status: 422, code: "invalid", errors: [{ field: "tenant", code: "taken", message: "taken" }] });
  const error = await failure();
  expect([error.problem.status, error.problem.code, error.field("tenant")?.code]).toEqual([422, "invalid", "taken"]);
});

test("a proxy's page becomes a problem with the time to wait", async () => {
  reply(503, "<html>busy</html>", { "retry-after": "3" });
  const error = await failure();
  expect([error.problem.code, error.retryAfterS]).toEqual(["unavailable", 3]);
});

test("silence is unreachable, not a crash", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
  expect((await failure()).problem).toMatchObject({ status: 0, code: "unreachable" });
});

test("events of kinds a newer server may send are left out", () => {
  expect(parseOnboardingEvent('{"v":1,"at_ms":5,"kind":"first_signal","signal":"logs","application":"a"}')?.kind).toBe("first_signal");
  expect(["{", "7", '{"kind":"dance","at_ms":1}', '{"kind":"refused"}'].map(parseOnboardingEvent)).toEqual([null, null, null, null]);
});
