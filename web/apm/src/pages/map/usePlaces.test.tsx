import { act, renderHook, waitFor } from "@testing-library/react";
import type { Apm } from "@naru/api";
import { beforeEach, expect, test, vi } from "vitest";
import { graphOf } from "./graph";
import { layOut, type Places } from "./layout";
import { usePlaces } from "./usePlaces";

vi.mock("./layout", () => ({ layOut: vi.fn() }));

const graph = (to: string, p95_ms: number) =>
  graphOf({ from_ms: 0, to_ms: 1, incomplete: [], nodes: ["a", to].map((id) => ({ id, kind: "application", name: id, system: null, totals: {} as Apm.Totals })), edges: [{ from: "a", to, calls: 1, rate: 1, errors: 0, error_rate: 0, p50_ms: 1, p95_ms }] }, null);
const at = (id: string, direction: Places["direction"] = "right"): Places => ({ direction, width: 1, height: 1, nodes: new Map([[id, { x: 0, y: 0 }]]), calls: new Map() });
const placed = at("a");
const box = () => ({ width: 1000, height: 600 });

beforeEach(() => vi.mocked(layOut).mockReset());

test("figures move nothing; another call does, and until then everything stays where it was", async () => {
  vi.mocked(layOut).mockResolvedValueOnce(placed);
  const hook = renderHook(({ drawn }) => usePlaces(drawn, false, box), { initialProps: { drawn: graph("b", 1) } });
  await waitFor(() => expect(hook.result.current.places).toBe(placed));
  hook.rerender({ drawn: graph("b", 99) });
  expect(layOut).toHaveBeenCalledTimes(1);
  let arrive = (_places: Places) => {};
  vi.mocked(layOut).mockReturnValueOnce(new Promise((resolve) => (arrive = resolve)));
  hook.rerender({ drawn: graph("c", 1) });
  expect([vi.mocked(layOut).mock.calls.length, hook.result.current.places]).toEqual([2, placed]);
  const next = at("c");
  await act(async () => arrive(next));
  expect(hook.result.current.places).toBe(next);
});

test("a layout that fails is said, and what was drawn stays", async () => {
  vi.mocked(layOut).mockResolvedValueOnce(placed).mockRejectedValueOnce(new Error("no worker"));
  const hook = renderHook(({ drawn }) => usePlaces(drawn, false, box), { initialProps: { drawn: graph("b", 1) } });
  await waitFor(() => expect(hook.result.current.places).toBe(placed));
  hook.rerender({ drawn: graph("c", 1) });
  await waitFor(() => expect(hook.result.current).toMatchObject({ places: placed, failed: true }));
});

test("calls lead to where more can be read, more of them don't turn the map, and on a narrow screen they lead down", async () => {
  vi.mocked(layOut).mockImplementation((_graph, within) => Promise.resolve(at("a", typeof within === "string" ? within : "down")));
  const hook = renderHook(({ drawn, narrow }) => usePlaces(drawn, narrow, box), { initialProps: { drawn: graph("b", 1), narrow: false } });
  await waitFor(() => expect(hook.result.current.places).not.toBeNull());
  hook.rerender({ drawn: graph("c", 1), narrow: false });
  hook.rerender({ drawn: graph("c", 1), narrow: true });
  await waitFor(() => expect(vi.mocked(layOut).mock.calls.map(([, within]) => within)).toEqual([box(), "down", "down"]));
});
