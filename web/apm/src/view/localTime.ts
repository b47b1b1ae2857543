const TYPED = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** `2026-01-31 13:05:00` by this browser's clock. */
export function localText(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Unix ms of what was typed, seconds optional; null when it is no moment, as 31 February. */
export function parseLocal(typed: string): number | null {
  const parts = TYPED.exec(typed.trim())?.slice(1).map((part) => Number(part ?? 0));
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const at = new Date(year, month - 1, day, hour, minute, second);
  const same = at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60 && second < 60;
  return same ? at.getTime() : null;
}

export type RangeProblem = { field: "from" | "to"; code: "unreadable" | "future" | "order" | "tooLong" };

/** What keeps two typed moments from being a range; null = nothing. */
export function rangeProblem(from: number | null, to: number | null, nowMs: number, longestMs: number): RangeProblem | null {
  if (from === null) return { field: "from", code: "unreadable" };
  if (to === null) return { field: "to", code: "unreadable" };
  if (from >= nowMs) return { field: "from", code: "future" };
  if (from >= to) return { field: "to", code: "order" };
  return to - from > longestMs ? { field: "to", code: "tooLong" } : null;
}
