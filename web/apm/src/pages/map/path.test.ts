import { expect, test } from "vitest";
import { pathOf } from "./path";

test("a line turns at its corners in a bow, as wide as there is room", () => {
  expect(pathOf([{ x: 0, y: 0 }, { x: 100, y: 0 }])).toBe("M0 0L100 0");
  expect(pathOf([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 50 }])).toBe("M0 0L88 0Q100 0 100 12L100 50");
  expect(pathOf([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 8 }, { x: 200, y: 8 }])).toBe("M0 0L96 0Q100 0 100 4L100 4Q100 8 104 8L200 8");
  expect(pathOf([])).toBe("");
});
