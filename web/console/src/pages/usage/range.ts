/** Ranges a person can choose, in days, today included. */
export const RANGE_DAYS = [7, 30, 90] as const;
export type RangeDays = (typeof RANGE_DAYS)[number];

export type UsageField = "spans" | "metric_points" | "log_records" | "bytes";
export const USAGE_FIELDS: readonly UsageField[] = ["spans", "metric_points", "log_records", "bytes"];

const DAY_MS = 86_400_000;

/** Whole UTC days: `from` is the first day's midnight, `to` the midnight after today. */
export function usageRange(days: RangeDays, nowMs: number): { from: string; to: string } {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return {
    from: new Date(today - (days - 1) * DAY_MS).toISOString(),
    to: new Date(today + DAY_MS).toISOString(),
  };
}

/** One value per day of the range, zero where nothing was counted. */
export function fillDays<Day extends { day: string }>(
  days: readonly Day[],
  range: { from: string; to: string },
  field: keyof Day,
): { day: string; value: number }[] {
  const known = new Map(days.map((day) => [day.day.slice(0, 10), Number(day[field])]));
  const filled: { day: string; value: number }[] = [];
  for (let at = Date.parse(range.from); at < Date.parse(range.to); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    filled.push({ day, value: known.get(day) ?? 0 });
  }
  return filled;
}
