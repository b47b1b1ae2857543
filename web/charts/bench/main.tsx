import "@naru/ui/styles.css";
import { FieldModel, PointRing, TransactionField, type FieldPoint, type FieldView, type FieldWords } from "../src/index";
import { edgesOf } from "../src/field/edges";
import { createRoot } from "react-dom/client";

/** What the bench reads from the page. */
interface Bench {
  model: FieldModel;
  fill: (points: number) => void;
  push: (points: number) => void;
  rebuildMs: () => number;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

const WINDOW_MS = 300_000;
const view = (scale: "log" | "linear"): FieldView => ({ key: "bench", window: { kind: "sliding", length_ms: WINDOW_MS }, scale, max_ms: 10_000 });
const ring = new PointRing();
const model = new FieldModel({
  now: () => Date.now(),
  ring,
  ask: ({ from_ms, to_ms, scale, max_ms }) => Promise.resolve({ from_ms, to_ms, edges_ms: [...edgesOf(scale, max_ms)], cells: [], complete: false }),
});

function point(now: number, ageMs: number): FieldPoint {
  return { start_ms: now - ageMs, duration_ms: 40 * Math.exp((Math.random() + Math.random() + Math.random() - 1.5) * 2.4), error: Math.random() < 0.004 };
}

function push(count: number, ageMs: number): void {
  const now = Date.now();
  model.push(Array.from({ length: count }, () => point(now, Math.random() * ageMs)));
}

window.bench = {
  model,
  fill: (points) => push(points, WINDOW_MS),
  push: (points) => push(points, 1500),
  rebuildMs: () => {
    const began = performance.now();
    model.show(view("linear"), 200);
    const took = performance.now() - began;
    model.show(view("log"), 200);
    return took;
  },
};

const words: FieldWords = {
  label: "bench",
  keys: "",
  duration: (ms) => `${ms} ms`,
  time: (ms) => new Date(ms).toISOString().slice(11, 19),
  over: String,
  span: () => "",
  durations: () => "",
  totals: (count) => String(count),
};
const root = document.getElementById("root");
const shown = view("log");
if (root) {
  createRoot(root).render(
    <TransactionField model={model} view={shown} height={330} selection={null} scheme="dark" syncKey="bench" words={words} onSelect={() => {}} onClear={() => {}} />,
  );
}
