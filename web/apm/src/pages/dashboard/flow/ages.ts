import type { Apm } from "@naru/api";
import type { Line } from "@naru/charts";

type Age = keyof Apm.Dashboard["in_flight"];

/** How old requests in flight are, the youngest first. Told apart by stroke, too. */
export const AGES: readonly (Pick<Line, "colour" | "dash"> & { age: Age })[] = [
  { age: "under_1s", colour: "var(--naru-accent)" },
  { age: "from_1s", colour: "var(--naru-external)", dash: [8, 3] },
  { age: "from_3s", colour: "var(--naru-warn)", dash: [4, 3] },
  { age: "from_10s", colour: "var(--naru-bad)", dash: [2, 3] },
];

/** How many requests were in flight, of every age: the mean of each step. */
export function inFlightOf({ in_flight }: Pick<Apm.Dashboard, "in_flight">): number[] {
  return in_flight.under_1s.map((_none, step) => AGES.reduce((sum, { age }) => sum + (in_flight[age][step] ?? 0), 0));
}
