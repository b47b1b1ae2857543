import { expect, test } from "vitest";
import { sortingOf, sortText } from "./sorting";

test("an order survives the way through the URL, the usual one is not said", () => {
  for (const sorting of [{ id: "duration", desc: true }, { id: "sqlCount", desc: false }]) expect(sortingOf(sortText(sorting))).toEqual(sorting);
  expect([sortText({ id: "time", desc: true }), sortText({ id: "time", desc: false })]).toEqual([undefined, "time"]);
});

test("an unknown column sorts by time", () => {
  expect(sortingOf("-price")).toEqual({ id: "time", desc: true });
});
