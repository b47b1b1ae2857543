import { expect, test } from "vitest";
import { startOf } from "./start";

const tenant = { created_at: "2026-01-01T00:00:00Z" };

test("the project made while signing up is timed from sign-up", () => {
  expect(startOf(tenant, { created_at: "2026-01-01T00:00:40Z" })).toEqual({ from: "signup", atMs: Date.parse(tenant.created_at) });
});

test("a later project is timed from its own creation", () => {
  const created_at = "2026-01-03T00:00:00Z";
  expect(startOf(tenant, { created_at })).toEqual({ from: "project", atMs: Date.parse(created_at) });
});
