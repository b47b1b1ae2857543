import type { Box, Place, Places } from "./layout";
import { NODE_HEIGHT, NODE_WIDTH } from "./layout";

/** What of a map is seen: its origin in the canvas, and how large it is drawn. */
export interface Viewport extends Place {
  zoom: number;
}

export interface Rectangle extends Place, Box {}

/** Between what is to be seen and the rim of the canvas. */
const MARGIN = 16;

/** For a map too large to be seen whole at `zoomMin`: at `zoom` where calls come in, at the rim from which they lead. Null when all of it fits. */
export function startOf({ direction, nodes, width, height }: Places, entry: string | undefined, canvas: Box, zoomMin: number, zoom: number): Viewport | null {
  const first = entry === undefined ? undefined : nodes.get(entry);
  const fits = Math.min((canvas.width - 2 * MARGIN) / width, (canvas.height - 2 * MARGIN) / height) >= zoomMin;
  if (fits || !first) return null;
  const [x, y] = [canvas.width / 2 - (first.x + NODE_WIDTH / 2) * zoom, canvas.height / 2 - (first.y + NODE_HEIGHT / 2) * zoom];
  return direction === "down" ? { x, y: MARGIN - first.y * zoom, zoom } : { x: MARGIN - first.x * zoom, y, zoom };
}

/** The same moved no further than needed for all of `seen` to lie within the canvas. */
export function movedInto(viewport: Viewport, seen: Rectangle, canvas: Box): Viewport {
  const { zoom } = viewport;
  const move = (origin: number, from: number, length: number, room: number) => {
    const [begin, end] = [origin + from * zoom, origin + (from + length) * zoom];
    // What is larger than the canvas shows its beginning.
    if (begin < MARGIN) return origin + MARGIN - begin;
    if (end > room - MARGIN) return Math.max(origin + room - MARGIN - end, origin + MARGIN - begin);
    return origin;
  };
  return { x: move(viewport.x, seen.x, seen.width, canvas.width), y: move(viewport.y, seen.y, seen.height, canvas.height), zoom };
}
