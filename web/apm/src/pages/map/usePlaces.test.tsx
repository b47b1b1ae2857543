import { act, renderHook, waitFor } from "@testing-library/react";
import type { Apm } from "@naru/api";
import { beforeEach, expect, test, vi } from "vitest";
import { graphOf } from "./graph";
import { layOut, type Places } from "./layout";
import { usePlaces } from "./usePlaces";

vi.mock("./layout", () => ({ layOut: vi.fn() }));

const graph = (to: string, p95_ms: number) =>
  graphOf({ from_ms: 0, to_ms: 1, incomplete: [], nodes: ["a", to].map((id) => ({ id, kind: "application", name: id, system: null, totals: {} as Apm.Totals })), edges: [{ from: "a", to, calls: 1, rate: 1, errors: 0, error_rate: 0, p50_ms: 1, p95_ms }] }, null);
const placed: Places = new Map([["a", { x: 0, y: 0 }]]);

beforeEach(() => vi.mocked(layOut).mockReset());

test("figures move nothing; another call does, and until then everything stays where it was", async () => {
  vi.mocked(layOut).mockResolvedValueOnce(placed);
  const hook = renderHook(({ drawn }) => usePlaces(drawn, "right"), { initialProps: { drawn: graph("b", 1) } });
  await waitFor(() => expect(hook.result.current.places).toBe(placed));
  hook.rerender({ drawn: graph("b", 99) });
  expect(layOut).toHaveBeenCalledTimes(1);
  let arrive = (_places: Places) => {};
  vi.mocked(layOut).mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
  hook.rerender({ drawn: graph("c", 1) });
  expect([vi.mocked(layOut).mock.calls.length, hook.result.current.places]).toEqual([2, placed]);
  const next: Places = new Map([["c", { x: 1, y: 1 }]]);
  await act(async () => arrive(next));
  expect(hook.result.current.places).toBe(next);
});

test("a layout that fails is said, and what was drawn stays", async () => {
  vi.mocked(layOut).mockResolvedValueOnce(placed).mockRejectedValueOnce(new Error("no worker"));
  const hook = renderHook(({ drawn }) => usePlaces(drawn, "right"), { initialProps: { drawn: graph("b", 1) } });
  await waitFor(() => expect(hook.result.current.places).toBe(placed));
  hook.rerender({ drawn: graph("c", 1) });
  await waitFor(() => expect(hook.result.current).toEqual({ places: placed, failed: true }));
});
