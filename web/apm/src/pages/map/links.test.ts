import type { Apm } from "@naru/api";
import { expect, test } from "vitest";
import { graphOf } from "./graph";
import { linksOf } from "./links";

const KINDS = { service: "application", db: "database", queue: "queue", external: "external", outside: "outside" } as const;

const node = (id: string): Apm.MapNode => {
  const [prefix = "", rest = ""] = id.split(":");
  return { id, kind: KINDS[prefix as keyof typeof KINDS], name: rest.split("/").at(-1) ?? "", system: null, totals: {} as Apm.Totals };
};
const graph = (...calls: [from: string, to: string, rate?: number][]) =>
  graphOf(
    {
      from_ms: 0,
      to_ms: 1,
      incomplete: [],
      nodes: [...new Set(calls.flatMap(([from, to]) => [from, to]))].map(node),
      edges: calls.map(([from, to, rate = 1]) => ({ from, to, calls: rate, rate, errors: 0, error_rate: 0, p50_ms: 1, p95_ms: 1 })),
    },
    null,
  );
const links = (id: string, ...calls: Parameters<typeof graph>) => {
  const drawn = graph(...calls);
  const found = drawn.nodes.find((one) => one.id === id);
  return found && linksOf(found, drawn);
};

test("an application has its dashboard, transactions and logs; those beyond the limit have figures only", () => {
  expect(links("service:shop", ["outside:", "service:shop"])?.map(({ page }) => page)).toEqual(["dashboard", "transactions", "logs"]);
  expect(links("service:__other__", ["outside:", "service:__other__"])).toEqual([{ page: "dashboard", application: "__other__" }]);
});

test("of a database and a host the transactions of those who call most are listed, by the time they spend there", () => {
  const calls: Parameters<typeof graph> = [["service:a", "db:postgresql/orders", 1], ["service:b", "db:postgresql/orders", 9], ["service:a", "external:pay.example"], ["service:__other__", "external:pay.example"]];
  expect(links("db:postgresql/orders", ...calls)).toEqual([
    { page: "neighbour", application: "b", sort: "-sql" },
    { page: "neighbour", application: "a", sort: "-sql" },
  ]);
  expect(links("external:pay.example", ...calls)).toEqual([{ page: "neighbour", application: "a", sort: "-external" }]);
});

test("of a queue the transactions that read from it are found by its name, as long as nothing else has it", () => {
  const read: Parameters<typeof graph> = [["service:shop", "queue:kafka/paid"], ["queue:kafka/paid", "service:ledger"]];
  expect(links("queue:kafka/paid", ...read)).toEqual([{ page: "readers", attr: "messaging.destination.name=paid" }]);
  expect(links("queue:kafka/paid", ...read, ["service:shop", "queue:rabbitmq/paid"])).toEqual([{ page: "neighbour", application: "ledger", sort: undefined }]);
  expect(links("queue:kafka/paid", ["service:shop", "queue:kafka/paid"])).toEqual([]);
});

test("users lead to what they call", () => {
  expect(links("outside:", ["outside:", "service:shop"])).toEqual([{ page: "neighbour", application: "shop", sort: undefined }]);
});
