import type { Apm } from "@naru/api";
import { isOthers } from "../../../parts/ShownName";
import type { PanelSources } from "./sources";

/** Questions of their own for applications that don't send the metric, at most. */
const BESIDE_MAX = 6;

export interface Measured {
  /** Whether anybody counts requests: then the panel is drawn from that. */
  any: boolean;
  /** Applications of the project that don't: theirs are told by how long requests took. */
  without: string[];
  /** How many more there are of these. */
  left: number;
}

/** Who counts requests that are in flight. `applications` are in order of weight. */
export function measuredBy({ sources }: PanelSources, sent: readonly Apm.Metric[], application: string | undefined, applications: readonly string[]): Measured {
  const senders = new Set(sent.filter(({ name }) => sources.some((source) => source.name === name)).flatMap((metric) => metric.applications));
  if (application !== undefined) return { any: senders.has(application), without: [], left: 0 };
  if (senders.size === 0) return { any: false, without: [], left: 0 };
  const without = applications.filter((name) => !senders.has(name) && !isOthers(name));
  return { any: true, without: without.slice(0, BESIDE_MAX), left: Math.max(0, without.length - BESIDE_MAX) };
}
