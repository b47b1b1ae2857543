import type { SeriesPoint } from "@naru/charts";
import { fillingFrom, type DashboardAnswer } from "../../data/dashboard";

/** One value per step as points in time. */
export function pointsOf({ from_ms, step_ms }: Pick<DashboardAnswer, "from_ms" | "step_ms">, values: readonly (number | null)[]): SeriesPoint[] {
  return values.map((value, index) => [from_ms + index * step_ms, value]);
}

/** Per second, as far as the range has passed: its last bucket may reach beyond now. */
export function tpsOf({ from_ms, to_ms, asked_ms, totals }: Pick<DashboardAnswer, "from_ms" | "to_ms" | "asked_ms" | "totals">): number {
  return (totals.transactions * 1000) / Math.max(1, Math.min(to_ms, asked_ms) - from_ms);
}

/** Only steps that are whole: a line without axes can't say that its end still fills. */
export function wholePointsOf(answer: DashboardAnswer, values: readonly (number | null)[]): SeriesPoint[] {
  const filling_ms = fillingFrom(answer) ?? Infinity;
  return pointsOf(answer, values).filter(([at]) => at < filling_ms);
}
