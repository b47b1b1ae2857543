import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { atMostEvery } from "./atMostEvery";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("the first is done at once, many within a second are one, and the last of them is not lost", async () => {
  const run = vi.fn(() => Promise.resolve());
  const paced = atMostEvery(1000, run);
  for (let at = 0; at < 10; at += 1) {
    paced.ask();
    await pass(90);
  }
  expect(run).toHaveBeenCalledTimes(1);
  await pass(100);
  expect(run).toHaveBeenCalledTimes(2);
  await pass(5000);
  expect(run).toHaveBeenCalledTimes(2);
});

test("a slow run is waited for, also when it fails", async () => {
  let end = () => {};
  const run = vi.fn(() => new Promise<void>((_resolve, reject) => (end = () => reject(new Error("away")))));
  const paced = atMostEvery(1000, run);
  paced.ask();
  paced.ask();
  await pass(4000);
  expect(run).toHaveBeenCalledTimes(1);
  end();
  await pass(0);
  expect(run).toHaveBeenCalledTimes(2);
});

test("stopped, it leaves what was wanted, and can be asked again", async () => {
  const run = vi.fn(() => Promise.resolve());
  const paced = atMostEvery(1000, run);
  paced.ask();
  paced.ask();
  paced.stop();
  await pass(3000);
  expect(run).toHaveBeenCalledTimes(1);
  paced.ask();
  expect(run).toHaveBeenCalledTimes(2);
});
