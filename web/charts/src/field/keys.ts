import type { FieldGrid } from "./grid";
import type { CellBox } from "./totals";

const FAST = 5;

/**
 * The keyboard's way to select: arrows move the box, with Shift they stretch its upper right corner, with Ctrl or Alt by five cells.
 * `null` for keys that mean nothing here.
 */
export function moveBox(grid: FieldGrid, box: CellBox, key: string, shift: boolean, fast: boolean): CellBox | null {
  const size = fast ? FAST : 1;
  const move = MOVES[key];
  if (!move) return null;
  const [dx, dy] = [move[0] * size, move[1] * size];
  return shift ? stretch(grid, box, dx, dy) : shiftBox(grid, box, dx, dy);
}

/** Where the keyboard begins: a box in the middle of the newest third. */
export function firstBox(grid: FieldGrid): CellBox {
  const right = grid.last - Math.floor(grid.capacity / 6);
  const bottom = Math.floor(grid.rows / 3);
  return { left: right - 9, right, bottom, top: Math.min(grid.rows - 1, bottom + 9) };
}

const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function shiftBox(grid: FieldGrid, box: CellBox, dx: number, dy: number): CellBox {
  const x = Math.min(Math.max(dx, grid.first - box.left), grid.last - box.right);
  const y = Math.min(Math.max(dy, -box.bottom), grid.rows - 1 - box.top);
  return { left: box.left + x, right: box.right + x, bottom: box.bottom + y, top: box.top + y };
}

function stretch(grid: FieldGrid, box: CellBox, dx: number, dy: number): CellBox {
  return {
    ...box,
    right: Math.min(Math.max(box.right + dx, box.left), grid.last),
    top: Math.min(Math.max(box.top + dy, box.bottom), grid.rows - 1),
  };
}
