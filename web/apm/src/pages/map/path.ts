import type { Place } from "./layout";

/** So wide a line turns. */
const RADIUS = 12;

/** A line from corner to corner as an SVG path, its corners rounded; between two that are near each other less. */
export function pathOf(points: readonly Place[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const parts = rest.map((corner, index) => {
    const [before, after] = [points[index], rest[index + 1]];
    if (!before || !after) return `L${corner.x} ${corner.y}`;
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    const [into, out] = [towards(corner, before, radius), towards(corner, after, radius)];
    return `L${into.x} ${into.y}Q${corner.x} ${corner.y} ${out.x} ${out.y}`;
  });
  return `M${first.x} ${first.y}${parts.join("")}`;
}

function distance(a: Place, b: Place): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

function towards(from: Place, to: Place, length: number): Place {
  const share = length / Math.max(distance(from, to), 1e-9);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
