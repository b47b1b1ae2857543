import type { Apm } from "@naru/api";
import { expect, test } from "vitest";
import { measuredBy } from "./inFlight";
import { PANELS } from "./sources";

const panel = PANELS.find(({ name }) => name === "inFlight")!; // There is one.
const sent = (...applications: string[]): Apm.Metric[] => [{ name: "http.server.active_requests", unit: null, kind: "sum", description: null, applications, points: 1 }];

test("who counts requests is drawn from that, and only who doesn't is told by durations", () => {
  expect(measuredBy(panel, sent("shop"), undefined, ["gateway", "shop", "__other__", "risk"])).toEqual({ any: true, without: ["gateway", "risk"], left: 0 });
  expect(measuredBy(panel, sent("shop"), "shop", [])).toEqual({ any: true, without: [], left: 0 });
  expect(measuredBy(panel, sent("shop"), "gateway", ["gateway", "shop"])).toEqual({ any: false, without: [], left: 0 });
  expect(measuredBy(panel, [], undefined, ["gateway"])).toEqual({ any: false, without: [], left: 0 });
});

test("of many that don't count, the heaviest have a line, and how many have none is known", () => {
  const many = Array.from({ length: 9 }, (_, index) => `app-${index}`);
  expect(measuredBy(panel, sent("shop"), undefined, ["shop", ...many])).toEqual({ any: true, without: many.slice(0, 6), left: 3 });
});
