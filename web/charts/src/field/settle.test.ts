import { expect, test } from "vitest";
import { edgesOf } from "./edges";
import { FieldGrid, type HeatmapCell } from "./grid";
import { settle } from "./settle";

test("a push that may be in the answer already is never counted twice", () => {
  // before, arrived, history, complete → shown
  const table: [number, number, number, boolean, number][] = [
    [0, 0, 7, true, 7],
    [7, 3, 7, true, 10],
    [7, 3, 10, true, 10],
    [7, 0, 9, true, 9],
    [9, 0, 7, true, 7],
    [0, 4, 9, true, 9],
    [9, 2, 3, false, 11],
    [1, 0, 5, false, 5],
  ];
  for (const [before, arrived, history, complete, shown] of table) expect(settle(before, arrived, history, complete)).toBe(shown);
});

/** A small seeded generator, so that a failure can be seen again. */
function dice(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test("history and live agree with what was stored, whenever the snapshot was taken", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = dice(seed);
    const grid = new FieldGrid({ origin_ms: 0, step_ms: 1000 }, edgesOf("log", 1000), 10);
    const stored = new Map<string, [number, number]>();
    const arrive = (live: boolean) => {
      const [start, duration, error] = [random() * 10_000, random() * 900, random() < 0.2];
      const key = `${grid.columnOf(start)} ${grid.index(0, 0) + rowFor(grid, duration)}`;
      const [count, errors] = stored.get(key) ?? [0, 0];
      stored.set(key, [count + 1, errors + Number(error)]);
      if (live) grid.push(start, duration, error);
    };
    const snapshot = () =>
      [...stored].map(([key, [count, errors]]): HeatmapCell => {
        const [column = 0, row = 0] = key.split(" ").map(Number);
        return [column, row, count, errors];
      });
    const many = (times: number, live: boolean) => Array.from({ length: times }, () => arrive(live));

    many(200, false);
    grid.ask();
    grid.land(0, 10_000, snapshot(), true);
    grid.settled();
    many(50, true);
    // The second question: points keep coming before and after the moment the server looks.
    grid.ask();
    many(Math.floor(random() * 40), true);
    const seen = snapshot();
    many(Math.floor(random() * 40), true);
    grid.land(0, 10_000, seen, true);
    many(Math.floor(random() * 40), true);
    grid.settled();
    many(20, true);

    const shown = snapshot().map(([column, row]) => [grid.counts[grid.index(column, row)], grid.errors[grid.index(column, row)]]);
    expect(shown).toEqual(snapshot().map(([, , count, errors]) => [count, errors]));
  }
});

function rowFor(grid: FieldGrid, duration: number): number {
  let row = 0;
  while (row + 1 < grid.rows && (grid.edges[row + 1] ?? Infinity) < duration) row += 1;
  return row;
}
