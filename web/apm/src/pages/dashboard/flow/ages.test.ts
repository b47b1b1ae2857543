import { expect, test } from "vitest";
import { inFlightOf } from "./ages";

test("all that are in flight are those of every age", () => {
  expect(inFlightOf({ in_flight: { under_1s: [1, 0], from_1s: [0.5, 0], from_3s: [0.25, 0], from_10s: [0, 2] } })).toEqual([1.75, 2]);
});
