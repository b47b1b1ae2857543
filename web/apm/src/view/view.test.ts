import { expect, test } from "vitest";
import { selectionOf, viewOfBox } from "./box";
import { spanOf, stepFor, windowOf } from "./ranges";
import { isRangeReadable, viewOf } from "./search";

test("what a URL says wrong is left out", () => {
  expect(viewOf({ range: "9y", from: 5, to: 4, scale: "cubic", top_ms: 7, box_from: 3, min_ms: -1, other: 1 })).toEqual({});
  expect(viewOf({ range: "1h", application: 42, scale: "linear", top_ms: 3000 })).toEqual({ range: "1h", application: "42", scale: "linear", top_ms: 3000 });
});

test.each([
  [{}, true, {}],
  [{ range: "1h" }, true, { range: "1h" }],
  [{ from: 1000, to: "1970-01-01T00:00:02Z" }, true, { from: 1000, to: 2000 }],
  [{ from: 1000, to: 2000, range: "zzz" }, true, { from: 1000, to: 2000 }],
  [{ range: "zzz" }, false, {}],
  [{ from: "garbage", to: 2000 }, false, {}],
  [{ from: 2000, to: 2000 }, false, {}],
  [{ from: 1000 }, false, {}],
  [{ from: 2000, to: 1000, range: "1h" }, false, { range: "1h" }],
])("the range of %j is readable: %s, and %j is shown", (search, readable, view) => {
  expect([isRangeReadable(search), viewOf(search)]).toEqual([readable, view]);
});

test("an instance is one of an application", () => {
  expect(viewOf({ instance: "shop-1" })).toEqual({});
  expect(viewOf({ application: "shop", instance: 7 })).toEqual({ application: "shop", instance: "7" });
});

test("a fixed stretch wins over a sliding one", () => {
  expect(windowOf(viewOf({ range: "1h", from: 1000, to: 2000 }))).toEqual({ kind: "fixed", from_ms: 1000, to_ms: 2000 });
  expect(windowOf({})).toEqual({ kind: "sliding", length_ms: 300_000 });
});

test("a box survives the way through the URL", () => {
  const open = { from_ms: 1000, to_ms: 2000, min_ms: 0, max_ms: null };
  const closed = { from_ms: 1000.5, to_ms: 2000, min_ms: 1.189, max_ms: 8 };
  for (const box of [open, closed]) expect(selectionOf(viewOf({ ...viewOfBox(box) }))).toEqual(box);
  expect(selectionOf({})).toBeNull();
});

test("asking again cuts the same steps", () => {
  const window = { kind: "sliding", length_ms: 300_000 } as const;
  expect(stepFor(300_000, 120)).toBe(5000);
  expect([spanOf(window, 1_000_001, 5000).from, spanOf(window, 1_004_999, 5000).from]).toEqual([700_000, 700_000]);
});
