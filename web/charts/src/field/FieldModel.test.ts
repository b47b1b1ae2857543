import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { edgesOf } from "./edges";
import { FieldModel, type FieldView, type HeatmapAnswer, type HeatmapQuestion } from "./FieldModel";
import { totalsOf } from "./totals";

const view: FieldView = { key: "all", window: { kind: "sliding", length_ms: 60_000 }, scale: "log", max_ms: 1000 };

let now = 1_000_000;
let questions: { question: HeatmapQuestion; answer: (cells: HeatmapAnswer["cells"]) => void; fail: () => void }[] = [];

function model() {
  return new FieldModel({
    now: () => now,
    ask: (question) =>
      new Promise((resolve, reject) => {
        const edges_ms = [...edgesOf(question.scale, question.max_ms)];
        const { from_ms, to_ms } = question;
        questions.push({
          question,
          answer: (cells) => resolve({ from_ms, to_ms, edges_ms, cells, complete: true }),
          fail: () => reject(new Error("away")),
        });
      }),
  });
}

const total = (field: FieldModel) =>
  field.grid && totalsOf(field.grid, { left: field.grid.first, right: field.grid.last, bottom: 0, top: field.grid.rows - 1 }).count;

beforeEach(() => {
  vi.useFakeTimers();
  now = 1_000_000;
  questions = [];
});
afterEach(() => vi.useRealTimers());

test("the picture stays until the next one has come", async () => {
  const field = model();
  field.show(view, 60);
  questions[0]?.answer([[5, 3, 9, 0]]);
  await vi.advanceTimersByTimeAsync(0);
  expect([field.shown?.scale, total(field)]).toEqual(["log", 9]);

  field.show({ ...view, scale: "linear" }, 60);
  expect([field.shown?.scale, total(field)]).toEqual(["log", 9]);
  questions[1]?.answer([[5, 3, 10, 0]]);
  await vi.advanceTimersByTimeAsync(0);
  expect([field.shown?.scale, total(field)]).toEqual(["linear", 10]);
  field.stop();
});

test("nobody's picture stands under another's name: another key empties the field until its own has come", async () => {
  const field = model();
  field.show(view, 60);
  questions[0]?.answer([[5, 3, 9, 0]]);
  await vi.advanceTimersByTimeAsync(0);
  let told = 0;
  field.subscribe(() => (told += 1));
  field.show({ ...view, key: "other" }, 60);
  expect([field.grid, field.window(), field.status.kind, told]).toEqual([null, null, "loading", 1]);
  questions[1]?.answer([[5, 3, 2, 0]]);
  await vi.advanceTimersByTimeAsync(0);
  expect([field.shown?.key, total(field)]).toEqual(["other", 2]);
  field.stop();
});

test("pushed points are on screen at once and survive another scale", async () => {
  const field = model();
  field.show(view, 60);
  questions[0]?.answer([]);
  await vi.advanceTimersByTimeAsync(1000);
  field.push([{ start_ms: now - 500, duration_ms: 12, error: false }]);
  expect(total(field)).toBe(1);
  field.show({ ...view, scale: "linear" }, 60);
  questions[1]?.answer([]);
  await vi.advanceTimersByTimeAsync(0);
  // A complete answer without it, asked after it was pushed: the server knows better.
  expect(total(field)).toBe(0);
  field.stop();
});

test("a failed question keeps what is shown and asks again", async () => {
  const field = model();
  field.show(view, 60);
  questions[0]?.answer([[5, 3, 9, 0]]);
  await vi.advanceTimersByTimeAsync(11_000);
  questions[1]?.fail();
  await vi.advanceTimersByTimeAsync(0);
  expect([field.status.kind, total(field)]).toEqual(["failed", 9]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(questions).toHaveLength(3);
  field.stop();
});

test("columns of a sliding window stand on multiples of their step", () => {
  const field = model();
  now = 1_234_567;
  field.show(view, 60);
  expect(questions[0]?.question).toMatchObject({ from_ms: 1_174_000, step_ms: 1000 });
  field.stop();
});

test("a sliding window's oldest column is held while a part of it shows, wherever in a column the window began", async () => {
  const step = 1017;
  now = 1000 * step + 60_000;
  const field = model();
  field.show(view, 59);
  questions[0]?.answer([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(field.grid?.frame.step_ms).toBe(step);
  for (const passed of [0, 500, 700, 1500]) {
    now += passed;
    field.advance();
    const { origin_ms, step_ms } = field.grid!.frame; // answered above
    expect(origin_ms + field.grid!.first * step_ms).toBeLessThanOrEqual(now - 60_000);
  }
  field.stop();
});
