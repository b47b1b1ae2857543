/** Stretches to compare a window with: the one directly before, or the same one a day or a week ago, when people did the same. */
export const EARLIER = ["before", "day", "week"] as const;
export type Earlier = (typeof EARLIER)[number];

const DAY_MS = 86_400_000;

interface Span {
  from: number;
  to: number;
}

/** The earlier stretch, just as long. */
export function earlierOf({ from, to }: Span, when: Earlier): Span {
  const back = when === "before" ? to - from : when === "day" ? DAY_MS : 7 * DAY_MS;
  return { from: from - back, to: to - back };
}

/** Reads what a URL says; anything else compares with nothing. */
export function earlierIn(value: unknown): Earlier | undefined {
  return EARLIER.find((when) => when === value);
}
