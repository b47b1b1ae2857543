import type { Apm } from "@naru/api";
import { expect, test } from "vitest";
import { quietOf, tellApart } from "./quiet";

const seen = (name: string, last_seen_ms: number) => ({ name, last_seen_ms }) as Apm.Application;
const metrics = (...applications: string[]) => ({ metrics: [{ applications }, { applications: [] }], incomplete: [] }) as unknown as Apm.Metrics;

test("an application is quiet after a minute without a request", () => {
  expect(quietOf([seen("shop", 40_000), seen("stock", 39_999)], 100_000)).toEqual(["stock"]);
});

test("whoever still sends metrics is idle, not silent", () => {
  expect(tellApart(["stock", "batch"], metrics("stock", "shop"))).toEqual({ idle: 1, silent: 1 });
});

test("as long as metrics are not known, nobody is called silent", () => {
  expect(tellApart(["stock"], undefined)).toEqual({ idle: 1, silent: 0 });
  const incomplete = [{ partition: 1, since_ms: null, reason: "replaying" }];
  expect(tellApart(["stock"], { ...metrics(), incomplete })).toEqual({ idle: 1, silent: 0 });
});
