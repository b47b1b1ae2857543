import { askedFor } from "../../testing/answers";
import { openPage } from "../../testing/page";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Apm } from "@naru/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** The real one works in a worker, which jsdom has not. */
vi.mock("./layout", () => ({
  NODE_WIDTH: 188,
  NODE_HEIGHT: 66,
  LABEL_WIDTH: 68,
  LABEL_HEIGHT: 48,
  ZOOM_READABLE: 0.85,
  layOut: ({ nodes }: { nodes: { id: string }[] }) => Promise.resolve({ direction: "right", width: 900, height: 66, nodes: new Map(nodes.map(({ id }, index) => [id, { x: index * 300, y: 0 }])), calls: new Map() }),
}));

/** What xyflow measures before it draws a call. */
beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly tell: (entries: { target: Element }[]) => void) {}
      observe(target: Element) {
        this.tell([{ target }]);
      }
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("DOMMatrixReadOnly", class { m22 = 1; });
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(172);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(66);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const totals = (tps: number, p95_ms: number, error_rate = 0): Apm.Totals => ({ transactions: tps * 300, tps, errors: tps * 300 * error_rate, error_rate, p50_ms: 5, p95_ms, p99_ms: 90, mean_ms: 7, max_ms: 100, apdex: null });
const edge = (from: string, to: string, rate: number, p95_ms: number, error_rate = 0): Apm.MapEdge => ({ from, to, calls: rate * 300, rate, errors: rate * 300 * error_rate, error_rate, p50_ms: 4, p95_ms });

const map = (p95_ms: number): Apm.ServiceMap => ({
  from_ms: 0,
  to_ms: 300_000,
  incomplete: [],
  nodes: [
    { id: "db:postgresql/orders", kind: "database", name: "orders", system: "postgresql", totals: totals(62, 21) },
    { id: "service:checkout", kind: "application", name: "checkout", system: null, totals: totals(12.5, 187) },
    { id: "service:gateway", kind: "application", name: "gateway", system: null, totals: totals(30, 240) },
  ],
  edges: [edge("service:checkout", "db:postgresql/orders", 61, 20), edge("service:gateway", "service:checkout", 12.4, p95_ms, 0.125)],
});
const CALL = "service:gateway → service:checkout";
const node = (id: string) => screen.getAllByTestId("map-node").find((one) => one.dataset["node"] === id) as HTMLElement;
const call = (id: string) => screen.getAllByTestId("map-edge").find((one) => one.dataset["edge"] === id) as HTMLElement;
const search = () => decodeURIComponent(window.location.search.replaceAll("+", " "));

test("what there is stands on the map with its rate, errors and p95, and so do the calls between", async () => {
  openPage("/p/prj_1/map", { "service-map": map(180) });
  await screen.findAllByTestId("map-edge");
  expect(screen.getAllByTestId("map-node").map((one) => one.dataset["node"])).toEqual(["db:postgresql/orders", "service:checkout", "service:gateway"]);
  expect(node("service:checkout").textContent).toMatch(/^checkout.*12\.5\/s.*187 ms$/);
  expect(node("db:postgresql/orders").textContent).toMatch(/^orders.*postgresql.*62\/s.*21 ms$/);
  expect(screen.getAllByTestId("map-edge")).toHaveLength(2);
  expect(call(CALL).textContent).toBe("12.4/s180 ms✕12.5%");
});

test("a map too large for its place begins where calls come in, and moves to what is chosen", async () => {
  const { container } = openPage("/p/prj_1/map", { "service-map": map(180) });
  await screen.findAllByTestId("map-edge");
  const shown = () => (container.querySelector(".react-flow__viewport") as HTMLElement).style.transform;
  // The third of three in a row, the others left of it, in a canvas of 172 px.
  await waitFor(() => expect(shown()).toMatch(/^translate\(-494px,.* scale\(0\.85\)$/));
  await userEvent.click(node("db:postgresql/orders"));
  await waitFor(() => expect(shown()).toMatch(/^translate\(16px,.* scale\(0\.85\)$/));
});

test("all of a large map is shown when that is asked for, however small", async () => {
  const { container } = openPage("/p/prj_1/map", { "service-map": map(180) });
  await screen.findAllByTestId("map-edge");
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
  const zoom = () => Number(/scale\(([\d.]+)\)/.exec((container.querySelector(".react-flow__viewport") as HTMLElement).style.transform)?.[1]);
  // 788 px in 172.
  await waitFor(() => expect(zoom()).toBeLessThan(0.3));
});

test("a call opens its figures, and what it was before when that is asked for", async () => {
  const half = Date.now() - 150_000;
  openPage("/p/prj_1/map", { "service-map": (query: URLSearchParams) => map(Number(query.get("to")) < half ? 90 : 180) });
  await screen.findAllByTestId("map-edge");
  await userEvent.click(call(CALL));
  const panel = await screen.findByTestId("edge-panel");
  const rows = () => within(screen.getByTestId("edge-panel")).getAllByRole("row").map((row) => [...row.children].map(({ textContent }) => textContent));
  expect(rows()).toEqual([["Calls", "3,720"], ["Calls per second", "12.4/s"], ["Error rate", "✕ 12.5%"], ["p50", "4 ms"], ["p95", "180 ms"]]);
  expect(within(panel).getAllByRole("link", { name: "Transactions" }).map((link) => new URL((link as HTMLAnchorElement).href).searchParams.get("application"))).toEqual(["gateway", "checkout"]);
  await userEvent.click(within(panel).getByRole("button", { name: "Compare with the time before" }));
  await waitFor(() => expect(rows().at(-1)).toEqual(["p95", "180 ms", "90 ms"]));
  expect(screen.getByTestId("edge-panel").textContent).toContain("▲ 2× slower");
  expect(search()).toContain(CALL);
});

test("a node opens beside the map in place of a call, with links that hold", async () => {
  openPage(`/p/prj_1/map?edge=${encodeURIComponent(CALL)}`, { "service-map": map(180) });
  await screen.findByTestId("edge-panel");
  await screen.findAllByTestId("map-node");
  await userEvent.click(node("db:postgresql/orders"));
  const panel = await screen.findByTestId("map-panel");
  expect(screen.queryByTestId("edge-panel")).toBeNull();
  const [link] = within(panel).getAllByRole("link");
  const { pathname, searchParams } = new URL((link as HTMLAnchorElement).href);
  expect([pathname, searchParams.get("application"), searchParams.get("sort")]).toEqual(["/p/prj_1/transactions", "checkout", "-sql"]);
});

test("as a table it says the same, and opens the same", async () => {
  openPage("/p/prj_1/map?as=table", { "service-map": map(180) });
  const [first] = await screen.findAllByTestId("map-call");
  expect([...(first?.children ?? [])].map(({ textContent }) => textContent)).toEqual(["checkout", "orders", "61/s", "0%", "4 ms", "20 ms", "Details"]);
  await userEvent.click(within(first as HTMLElement).getByRole("button", { name: /^Details/ }));
  expect((await screen.findByTestId("edge-panel")).textContent).toContain("checkout → orders");
  expect(askedFor("service-map")).toHaveLength(1);
});

test("the map is compared with the stretch before, the same a day or a week ago", async () => {
  openPage("/p/prj_1/map?as=table&range=1h", { "service-map": map(180) });
  await screen.findAllByTestId("map-call");
  const [now] = askedFor("service-map");
  for (const [name, hours] of [["Against the time before", 1], ["Against a day earlier", 24], ["Against a week earlier", 168]] as const) {
    await userEvent.click(screen.getByTestId("compare"));
    await userEvent.click(await screen.findByRole("option", { name, hidden: true }));
    await waitFor(() => expect(Number(now?.get("from")) - Number(askedFor("service-map").at(-1)?.get("from"))).toBeGreaterThan((hours - 0.1) * 3_600_000));
    const asked = askedFor("service-map").at(-1);
    expect(Number(asked?.get("to")) - Number(asked?.get("from"))).toBeLessThan(3_602_000);
    expect(await screen.findAllByRole("columnheader", { name: "Since before" })).toHaveLength(2);
  }
  await userEvent.click(screen.getByTestId("compare"));
  await userEvent.click(await screen.findByRole("option", { name: "Not compared", hidden: true }));
  await waitFor(() => expect(screen.queryByRole("columnheader", { name: "Since before" })).toBeNull());
});

test("against a time of which nothing is known nothing is new", async () => {
  const half = Date.now() - 86_000_000;
  openPage("/p/prj_1/map?as=table&compare=day", { "service-map": (query: URLSearchParams) => (Number(query.get("to")) < half ? { ...map(1), nodes: [], edges: [] } : map(180)) });
  expect(await screen.findByText("No call is known of that time.")).toBeTruthy();
  expect(screen.queryByRole("columnheader", { name: "Since before" })).toBeNull();
});
