import type { SeriesPoint } from "@naru/charts";
import { fillingFrom, type DashboardAnswer } from "../../data/dashboard";

/** One value per step as points in time. */
export function pointsOf({ from_ms, step_ms }: Pick<DashboardAnswer, "from_ms" | "step_ms">, values: readonly (number | null)[]): SeriesPoint[] {
  return values.map((value, index) => [from_ms + index * step_ms, value]);
}

/** The value of the newest step that is whole; null when none is. */
export function newestOf(answer: DashboardAnswer, values: readonly number[]): number | null {
  return wholePointsOf(answer, values).at(-1)?.[1] ?? null;
}

/** Only steps that are whole: a line without axes can't say that its end still fills. */
export function wholePointsOf(answer: DashboardAnswer, values: readonly (number | null)[]): SeriesPoint[] {
  const filling_ms = fillingFrom(answer) ?? Infinity;
  return pointsOf(answer, values).filter(([at]) => at < filling_ms);
}
