import { expect, test } from "vitest";
import { boxOfCells, cellBox, cellsOfBox } from "./box";
import { edgesOf, rowOf, rowPosition } from "./edges";
import { FieldGrid } from "./grid";
import { fieldHeight, cellAt, layoutOf } from "./layout";
import { moveBox } from "./keys";
import { levelTable, LEVELS, paletteOf } from "./palette";
import { FieldRaster } from "./raster";
import { PointRing } from "./ring";
import { durationTicks, timeTicks } from "./ticks";
import { columnSums, totalsOf } from "./totals";
import { originOf, stepOf } from "./window";

const grid = () => new FieldGrid({ origin_ms: 0, step_ms: 100 }, edgesOf("linear", 100), 10);

test("a duration on an edge belongs below it, zero to the lowest row", () => {
  const edges = edgesOf("linear", 100);
  expect([0, 1, 2, 2.0001, 100, 100.0001, 9e9].map((ms) => rowOf(edges, ms))).toEqual([0, 0, 0, 1, 49, 50, 50]);
});

test("logarithmic edges double every four rows, as the service cuts them", () => {
  const edges = edgesOf("log", 65_536);
  expect([edges.length, edges[0], edges[1], edges[2], edges[5]]).toEqual([66, 0, 1.004119, 1.194106, 2.008239]);
  expect([1000, 10_000].map((top) => edgesOf("log", top).at(-1))).toEqual([1028.218693, 9782.119886]);
});

test("a duration's height lies between its row's edges", () => {
  const edges = edgesOf("log", 65_536);
  expect(rowPosition(edges, "log", 2.008_239)).toBeCloseTo(5);
  expect(rowPosition(edges, "log", 0.502_06)).toBeCloseTo(0.5);
  expect(rowPosition(edges, "log", 1e9)).toBe(65);
});

test("a moving window forgets what falls off its left and keeps the rest", () => {
  const field = grid();
  field.push(50, 5, false);
  field.push(950, 5, true);
  field.advance(12);
  expect(field.push(50, 5, false)).toBe(-1);
  const all = { left: field.first, right: field.last, bottom: 0, top: field.rows - 1 };
  expect(totalsOf(field, all)).toEqual({ count: 1, errors: 1 });
  field.advance(5000);
  expect(totalsOf(field, { ...all, left: field.first, right: field.last })).toEqual({ count: 0, errors: 0 });
});

test("column sums add up to the field", () => {
  const field = grid();
  for (const start of [10, 20, 310]) field.push(start, 3, start === 20);
  const sums = columnSums(field, 0, 3);
  expect([sums.from_ms, [...sums.counts], [...sums.errors]]).toEqual([0, [2, 0, 0, 1], [1, 0, 0, 0]]);
});

test("a selection lies along cells and finds them again", () => {
  const field = grid();
  const cells = cellBox(field, { column: 7, row: 3 }, { column: 2, row: 60 });
  const box = boxOfCells(field, cells);
  expect(box).toEqual({ from_ms: 200, to_ms: 800, min_ms: 6, max_ms: null });
  expect(cellsOfBox(field, box)).toEqual(cells);
  const closed = { left: 0, right: 0, bottom: 0, top: 4 };
  expect(boxOfCells(field, closed)).toEqual({ from_ms: 0, to_ms: 100, min_ms: 0, max_ms: 10 });
  expect(cellsOfBox(field, boxOfCells(field, closed))).toEqual(closed);
});

test("the band at the top is the open row", () => {
  const field = grid();
  const layout = layoutOf(500, fieldHeight(field.rows, 300), { from_ms: 0, to_ms: 1000 });
  expect(cellAt(layout, field, 300, layout.band.top + 2).row).toBe(field.rows - 1);
  expect(cellAt(layout, field, 300, layout.plot.top + 1).row).toBe(field.rows - 2);
  expect(cellAt(layout, field, -40, 9999)).toEqual({ column: 0, row: 0 });
});

test("the keyboard's box moves, stretches and stays inside", () => {
  const field = grid();
  const box = { left: 2, right: 4, bottom: 10, top: 12 };
  expect(moveBox(field, box, "ArrowLeft", false, true)).toEqual({ left: 0, right: 2, bottom: 10, top: 12 });
  expect(moveBox(field, box, "ArrowUp", true, false)).toEqual({ ...box, top: 13 });
  expect(moveBox(field, box, "ArrowLeft", true, true)).toEqual({ ...box, right: 2 });
  expect(moveBox(field, box, "x", false, false)).toBeNull();
});

test("the ring keeps the newest points, oldest first", () => {
  const ring = new PointRing(3);
  for (const start_ms of [1, 2, 3, 4]) ring.push({ start_ms, duration_ms: 1, error: start_ms === 4 });
  const kept: [number, boolean][] = [];
  ring.forEach((start, _duration, error) => kept.push([start, error]));
  expect(kept).toEqual([[2, false], [3, false], [4, true]]);
});

test("one transaction has a colour, the fullest cell the brightest", () => {
  const level = levelTable(1000);
  expect(level(1)).toBeGreaterThan(0);
  expect(level(1_000_000)).toBe(LEVELS - 1);
});

test("only changed columns are painted, failed cells with a mark", () => {
  const field = grid();
  const raster = new FieldRaster(field, { width: 5, height: 5 });
  const palette = paletteOf("dark");
  expect(raster.paint(palette, 1)).toHaveLength(10);
  field.push(350, 3, true);
  expect(raster.paint(palette, 1)).toEqual([3]);
  expect(new Set(raster.pixels.filter((pixel) => pixel !== 0)).size).toBe(2);
  expect(raster.pixels).toContain(palette.mark);
});

test("ticks stand on round moments and durations", () => {
  expect(timeTicks(0, 300_000, 1000, 90, 0)).toEqual({ at: Array.from({ length: 11 }, (_, index) => index * 30_000), style: "time" });
  expect(timeTicks(0, 7 * 86_400_000, 900, 90, 9 * 3_600_000).at[0]).toBe(15 * 3_600_000);
  expect(durationTicks("log", 10_000)).toEqual([1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]);
  expect(durationTicks("linear", 10_000)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
});

test("a step is whole and never finer than the service cuts", () => {
  expect([stepOf(300_000, 200), stepOf(300_001, 200), stepOf(1000, 200)]).toEqual([1500, 1501, 100]);
});

test("from 5 s up a step is whole buckets, and columns stand on them", () => {
  expect([900_000, 1_200_000, 3_600_000, 86_400_000, 14 * 86_400_000].map((length) => stepOf(length, 200))).toEqual([4500, 10_000, 20_000, 480_000, 7_200_000]);
  expect([originOf(12_345, 20_000), originOf(123_456, 480_000), originOf(12_345, 4500)]).toEqual([10_000, 120_000, 12_345]);
});

test("red is for cells that mostly failed; one failure among many is a mark", () => {
  const field = grid();
  field.push(50, 10, false);
  for (let one = 0; one < 99; one += 1) field.push(150, 10, one === 0);
  field.push(250, 10, true);
  const raster = new FieldRaster(field, { width: 9, height: 9 });
  const palette = paletteOf("dark");
  raster.paint(palette, 100);
  const row = rowOf(field.edges, 10);
  const corner = (column: number) => raster.pixels[(field.rows - 1 - row) * 9 * raster.width + column * 9] ?? 0;
  const middle = (column: number) => raster.pixels[((field.rows - 1 - row) * 9 + 3) * raster.width + column * 9 + 3] ?? 0;
  expect(palette.density).toContain(corner(0));
  expect(middle(0)).toBe(corner(0));
  expect(palette.density).toContain(corner(1));
  expect(palette.failed).toContain(middle(1));
  expect(palette.failed).toContain(corner(2));
  expect(middle(2)).toBe(palette.mark);
});
