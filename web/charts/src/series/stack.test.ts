import { expect, test } from "vitest";
import { alignSeries } from "./align";
import { stacked } from "./stack";

const line = (label: string, values: (number | null)[]) => ({ label, colour: "", points: values.map((value, index) => [index * 1000, value] as const) });

test("each line lies on those before it, and a gap stays one", () => {
  const data = alignSeries([line("a", [1, 2, null]), line("b", [10, null, 30]), line("c", [100, 200, 300])]);
  expect(stacked(data, 3)).toEqual([[0, 1, 2], [1, 2, null], [11, null, 30], [111, 202, 330]]);
});

test("what still fills is a stack of its own", () => {
  const data = alignSeries([line("a", [1, 2, 3]), line("b", [10, 20, 30])], 2000);
  expect(stacked(data, 2).slice(3)).toEqual([[null, 2, 3], [null, 22, 33]]);
});

test("of a line that is flat zero nothing is drawn, but its rise begins at the one below", () => {
  const data = alignSeries([line("a", [0, 0, 1, 2, 3]), line("b", [0, 0, 0, 5, 0])]);
  expect(stacked(data, 2).slice(1)).toEqual([[0, 0, 1, 2, 3], [null, null, 1, 7, 3]]);
});
