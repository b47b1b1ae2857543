import type { Console } from "@naru/api";

/**
 * `receiving`: the count grew while this page watched. `recent`: the last data may be younger than an hour, which is all the
 * server can say at first. `quiet`: there was data, and for a full hour certainly none.
 */
export type DataState = "waiting" | "receiving" | "recent" | "quiet";

/** What a page remembers of a project between two answers. */
export interface Growth {
  spans: number;
  /** Unix ms when the count was last seen to grow; null = not yet. */
  grewMs: number | null;
}

/** Usage arrives when a writer cuts, once a minute: two cuts may be missed before we say it has stopped. */
const GROWTH_MS = 150_000;
const HOUR_MS = 3_600_000;

export function dataState(project: Console.Project, growth: Growth | undefined, nowMs: number): DataState {
  if (project.first_data_at === null && project.last_data_at === null) return "waiting";
  if (growth?.grewMs != null && nowMs - growth.grewMs <= GROWTH_MS) return "receiving";
  // The server names the hour of the last data, so the data may have come up to that hour's end.
  const lastHour = Math.floor(Date.parse(project.last_data_at ?? "") / HOUR_MS);
  return nowMs < (lastHour + 2) * HOUR_MS ? "recent" : "quiet";
}

/** Compares an answer with what was remembered. A count that is away for a moment (null) changes nothing. */
export function remember(
  before: ReadonlyMap<string, Growth>,
  projects: readonly Console.Project[],
  nowMs: number,
): Map<string, Growth> {
  const after = new Map<string, Growth>();
  for (const { id, spans_total } of projects) {
    const known = before.get(id);
    if (spans_total === null) {
      if (known) after.set(id, known);
    } else {
      const grew = known !== undefined && spans_total > known.spans;
      after.set(id, { spans: spans_total, grewMs: grew ? nowMs : (known?.grewMs ?? null) });
    }
  }
  return after;
}
