/** One dot of the picture: a request at `x` (time) and `y` (response time), both 0…1. */
export interface Dot {
  x: number;
  y: number;
  failed: boolean;
  strength: number;
}

/**
 * The dots of a made-up Transaction Field: a dense band of fast requests, a slow burst with failures. A picture, not data:
 * the same seed draws the same field.
 */
export function fieldDots(count: number, seed = 7): Dot[] {
  const random = mulberry(seed);
  return Array.from({ length: count }, () => {
    const x = random();
    const burst = x > 0.62 && x < 0.8 && random() < 0.13;
    const bell = (random() + random() + random()) / 3;
    const y = burst ? 0.66 + random() * 0.2 : 0.02 + bell * 0.56 + (random() < 0.05 ? random() * 0.34 : 0);
    return { x, y, failed: burst ? random() < 0.5 : random() < 0.006, strength: 0.22 + random() * 0.78 };
  });
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
