import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openEventStream, type StreamState } from "./eventStream";

class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  constructor() {
    super();
    FakeSource.all.push(this);
  }

  close() {
    this.closed = true;
    this.readyState = 2;
  }

  say(name: string, data: string, lastEventId: string) {
    this.dispatchEvent(new MessageEvent(name, { data, lastEventId }));
  }
}

const source = () => new FakeSource() as unknown as EventSource;

beforeEach(() => {
  FakeSource.all = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("an event reaches its handler with its id", () => {
  const seen: [string, string][] = [];
  openEventStream("/x", { source, on: { onboarding: (data, id) => seen.push([data, id]) } });
  FakeSource.all[0]?.say("onboarding", "{}", "7");
  expect(seen).toEqual([["{}", "7"]]);
});

test("a stream that the browser gave up is opened anew, later each time", () => {
  const states: StreamState[] = [];
  openEventStream("/x", { source, on: {}, onState: (state) => states.push(state) });
  fail(0);
  vi.advanceTimersByTime(1000);
  expect(FakeSource.all).toHaveLength(2);
  fail(1);
  vi.advanceTimersByTime(1999);
  expect(FakeSource.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  FakeSource.all[2]?.onopen?.();
  expect(FakeSource.all).toHaveLength(3);
  expect(states).toEqual(["connecting", "retrying", "retrying", "open"]);
});

test("a stream that the browser restores itself is left alone", () => {
  openEventStream("/x", { source, on: {} });
  FakeSource.all[0]?.onerror?.();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.all).toHaveLength(1);
});

test("nothing is opened after the reader has left", () => {
  const close = openEventStream("/x", { source, on: {} });
  fail(0);
  close();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.all.map((each) => each.closed)).toEqual([true]);
});

function fail(index: number) {
  const each = FakeSource.all[index];
  if (!each) throw new Error(`no source ${index}`);
  each.readyState = 2;
  each.onerror?.();
}
