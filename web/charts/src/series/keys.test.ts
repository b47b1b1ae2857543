import { expect, test } from "vitest";
import { press } from "./keys";

const at = (index: number, anchor: number | null = null) => ({ index, anchor });

test.each([
  ["the first key begins at the newest moment", null, "ArrowLeft", false, false, { kind: "moved", place: at(8) }],
  ["arrows stop at the ends", at(9), "ArrowRight", false, false, { kind: "moved", place: at(9) }],
  ["ten at once", at(9), "ArrowLeft", false, true, { kind: "moved", place: at(0) }],
  ["Shift marks from where one stood", at(5), "ArrowLeft", true, false, { kind: "moved", place: at(4, 5) }],
  ["and goes on marking", at(4, 5), "ArrowLeft", true, false, { kind: "moved", place: at(3, 5) }],
  ["without it nothing is marked any more", at(3, 5), "ArrowLeft", false, false, { kind: "moved", place: at(2) }],
  ["Enter zooms into what is marked", at(3, 5), "Enter", false, false, { kind: "zoom", from: 3, to: 5 }],
  ["and does nothing without", at(3), "Enter", false, false, null],
  ["Escape leaves", at(3, 5), "Escape", false, false, { kind: "left" }],
  ["and belongs to others when one isn't there", null, "Escape", false, false, null],
  ["other keys, too", at(3), "a", false, false, null],
])("%s", (_promise, place, key, shift, fast, expected) => {
  expect(press(place, 10, key, shift, fast)).toEqual(expected);
});

test("a chart without values has no keys", () => {
  expect(press(null, 0, "ArrowLeft", false, false)).toBeNull();
});
