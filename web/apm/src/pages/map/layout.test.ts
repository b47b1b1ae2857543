// @vitest-environment node
import type { Apm } from "@naru/api";
import ELK from "elkjs/lib/elk.bundled.js";
import { expect, test } from "vitest";
import { graphOf } from "./graph";
import { LABEL_HEIGHT, LABEL_WIDTH, layOutBy, NODE_HEIGHT, NODE_WIDTH, type Box, type Direction, type Place } from "./layout";

/** A shop whose checkout calls much, with a call back, one of oneself and one over a layer. */
const CALLS = ["users gateway", "gateway checkout", "gateway catalog", "gateway risk", "checkout risk", "checkout orders", "checkout payments", "checkout toss", "checkout checkout", "catalog products", "catalog redis", "payments ledger", "ledger mysql", "ledger catalog"];
const map = (calls: string[]): Apm.ServiceMap => ({
  from_ms: 0,
  to_ms: 1,
  incomplete: [],
  nodes: [...new Set(calls.flatMap((call) => call.split(" ")))].map((id) => ({ id, kind: "application", name: id, system: null, totals: {} as Apm.Totals })),
  edges: calls.map((call) => ({ from: call.split(" ")[0] ?? "", to: call.split(" ")[1] ?? "", calls: 1, rate: 1, errors: 0, error_rate: 0, p50_ms: 1, p95_ms: 1 })),
});
const laid = (calls: string[], within: Direction | Box) => layOutBy(new ELK(), graphOf(map(calls), null), within);

interface Rectangle extends Box, Place {
  of: string;
}
const meet = (a: Rectangle, b: Rectangle) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test.each(["right", "down"] as const)("leading %s, figures of calls lie neither over each other nor over a node", async (direction) => {
  const { nodes, calls } = await laid(CALLS, direction);
  const rectangles: Rectangle[] = [
    ...[...nodes].map(([of, { x, y }]) => ({ of, x, y, width: NODE_WIDTH, height: NODE_HEIGHT })),
    ...[...calls].map(([of, { label }]) => ({ of, x: label.x - LABEL_WIDTH / 2, y: label.y - LABEL_HEIGHT / 2, width: LABEL_WIDTH, height: LABEL_HEIGHT })),
  ];
  expect([nodes.size, calls.size]).toEqual([12, CALLS.length]);
  expect(rectangles.flatMap((one, index) => rectangles.slice(index + 1).filter((other) => meet(one, other)).map((other) => [one.of, other.of]))).toEqual([]);
});

test("in a box calls lead to where more can be read", async () => {
  const chain = ["a b", "b c", "c d", "d e", "e f"];
  const fan = ["a b", "a c", "a d", "a e", "a f", "a g"];
  const box = { width: 1000, height: 640 };
  expect((await laid(chain, box)).direction).toBe("down");
  expect((await laid(fan, box)).direction).toBe("right");
  expect((await laid(["a b"], box)).direction).toBe("right");
});
