import type { Console } from "@naru/api";
import { dataState, type Growth } from "../projects/dataState";
import type { Onboarding, Phase } from "./onboarding";

/** What the page says of a project now. `recent` and `quiet`: there was data, as on the board. */
export interface Arrival {
  phase: Phase | "recent" | "quiet";
  /** Unix ms when data was last known to come. */
  lastMs: number | null;
}

/** A line of the log says "data came" only once per agent, so it holds for a minute; then the count must be seen to grow. */
const LINE_HOLDS_MS = 60_000;

/** The log's phase, aged: data that came yesterday is not arriving. */
export function arrivalOf(
  onboarding: Onboarding,
  project: Console.Project,
  growth: Growth | undefined,
  nowMs: number,
): Arrival {
  const { phase, lastDataMs } = onboarding;
  const hourMs = project.last_data_at === null ? null : Date.parse(project.last_data_at);
  const lastMs = newest(lastDataMs, growth?.grewMs ?? null, hourMs);
  if (phase === "refused" || phase === "connected") return { phase, lastMs };
  if (lastDataMs !== null && nowMs - lastDataMs <= LINE_HOLDS_MS) return { phase: "receiving", lastMs };
  const state = dataState(project, growth, nowMs);
  if (state === "waiting") return { phase: lastDataMs === null ? "waiting" : "quiet", lastMs };
  // This page watched the count stop, so it knows the moment and not just the hour.
  if (state === "recent" && growth?.grewMs != null) return { phase: "quiet", lastMs: growth.grewMs };
  return { phase: state, lastMs };
}

function newest(...times: (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
