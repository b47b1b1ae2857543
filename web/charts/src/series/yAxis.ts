import type { AlignedData } from "uplot";

/** So near two labels may stand. */
const LABEL_SPACING_PX = 30;
/** More of them help nobody to read a value. */
const STEPS_MAX = 6;
const FACTORS = [1, 2, 2.5, 5, 10];

export interface YSpan {
  min: number;
  max: number;
  step: number;
}

/**
 * The stretch an axis spans: with zero, so that heights compare, and from one labelled tick to another, so that the highest value
 * lies below a label. Asking again with the answer gives the same answer.
 */
export function ySpan(min: number | null, max: number | null, heightPx: number, binary = false): YSpan {
  const [low, high] = [Math.min(0, min ?? 0), Math.max(0, max ?? 0)];
  // Flat zero still needs a height to be drawn in; only zero is labelled there.
  if (low === high) return { min: 0, max: 1, step: 1 };
  const steps = Math.min(STEPS_MAX, Math.max(2, Math.floor(heightPx / LABEL_SPACING_PX)));
  const step = niceStep(high - low, steps, binary, (one) => up(high, one) - down(low, one) <= steps);
  return { min: down(low, step) * step, max: up(high, step) * step, step };
}

/** What the axis may label: nothing without a value, zero alone where all is zero. A scale that nothing was measured on misleads. */
export function yTicks(span: YSpan, values: "none" | "zero" | "some"): number[] {
  if (values === "none") return [];
  if (values === "zero") return [0];
  return Array.from({ length: Math.round((span.max - span.min) / span.step) + 1 }, (_, index) => span.min + index * span.step);
}

export function valuesOf(data: AlignedData): "none" | "zero" | "some" {
  let known = false;
  for (const values of data.slice(1)) {
    for (const value of values) {
      if (value == null) continue;
      if (value !== 0) return "some";
      known = true;
    }
  }
  return known ? "zero" : "none";
}

/** Steps from a multiple below, up or down; a hair over a multiple by rounding is that multiple. */
const up = (value: number, step: number) => Math.ceil(value / step - 1e-9);
const down = (value: number, step: number) => Math.floor(value / step + 1e-9);

/** The smallest round step that fits: 1, 2, 2.5, 5 and their tens, or powers of two. */
function niceStep(length: number, steps: number, binary: boolean, fits: (step: number) => boolean): number {
  const base = binary ? 2 : 10;
  const first = Math.floor(Math.log(length / steps) / Math.log(base)) - 1;
  for (let power = first; ; power += 1) {
    for (const factor of binary ? [1] : FACTORS) {
      const step = factor * base ** power;
      if (fits(step)) return step;
    }
  }
}
