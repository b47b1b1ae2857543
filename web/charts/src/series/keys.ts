/** Where the keyboard stands in a chart: an index, and where a marked stretch began. */
export interface Place {
  index: number;
  anchor: number | null;
}

export type Pressed = { kind: "moved"; place: Place } | { kind: "zoom"; from: number; to: number } | { kind: "left" };

const FAST = 10;

/**
 * What a key does among `count` moments: arrows move, with Shift they mark a stretch, with Ctrl or Alt by ten; Home and End; Enter
 * zooms into what is marked; Escape leaves. Null for keys that mean nothing here.
 */
export function press(place: Place | null, count: number, key: string, shift: boolean, fast: boolean): Pressed | null {
  if (count === 0) return null;
  if (key === "Escape") return place === null ? null : { kind: "left" };
  if (key === "Enter") {
    if (place === null || place.anchor === null || place.anchor === place.index) return null;
    return { kind: "zoom", from: Math.min(place.anchor, place.index), to: Math.max(place.anchor, place.index) };
  }
  const now = place?.index ?? count - 1;
  const index = target(key, now, count, fast ? FAST : 1);
  if (index === null) return null;
  return { kind: "moved", place: { index, anchor: shift ? (place?.anchor ?? now) : null } };
}

function target(key: string, now: number, count: number, size: number): number | null {
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, now - size);
    case "ArrowRight":
      return Math.min(count - 1, now + size);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
