import { expect, test } from "vitest";
import type { Places } from "./layout";
import { NODE_HEIGHT, NODE_WIDTH } from "./layout";
import { movedInto, startOf } from "./viewport";

const places = (direction: Places["direction"], width: number, height: number): Places => ({ direction, width, height, nodes: new Map([["users", { x: 400, y: 0 }]]), calls: new Map() });
const phone = { width: 340, height: 520 };

test("a map too large to be read whole begins where calls come in", () => {
  const start = startOf(places("down", 1200, 800), "users", phone, 0.6, 0.8);
  // In the middle of the top.
  expect([start?.y, (start?.x ?? 0) + (400 + NODE_WIDTH / 2) * 0.8, start?.zoom]).toEqual([16, 170, 0.8]);
  const right = startOf(places("right", 3000, 400), "users", { width: 1000, height: 600 }, 0.6, 0.8);
  expect([right?.x, (right?.y ?? 0) + (NODE_HEIGHT / 2) * 0.8]).toEqual([16 - 400 * 0.8, 300]);
  expect(startOf(places("right", 900, 400), "users", { width: 1000, height: 600 }, 0.6, 0.8)).toBeNull();
  expect(startOf(places("down", 1200, 800), undefined, phone, 0.6, 0.8)).toBeNull();
});

test("what is chosen is moved into sight, and no further", () => {
  const canvas = { width: 700, height: 500 };
  const seen = (x: number, y: number, width = 100) => ({ x, y, width, height: 50 });
  const still = { x: 10, y: 20, zoom: 1 };
  expect(movedInto(still, seen(100, 100), canvas)).toEqual(still);
  expect(movedInto(still, seen(700, 100), canvas)).toEqual({ x: -116, y: 20, zoom: 1 });
  expect(movedInto(still, seen(-50, 500), canvas)).toEqual({ x: 66, y: -66, zoom: 1 });
  expect(movedInto(still, seen(300, 100, 2000), canvas).x).toBe(-284);
});
