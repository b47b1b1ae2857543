import type { Apm } from "@naru/api";

/** An application nobody called for so long is quiet. */
const QUIET_MS = 60_000;
/** Agents send metrics every 10 s as our guides set them up, every 60 s by themselves: two of those missed mean that none come. */
export const METRICS_WITHIN_MS = 130_000;

/** Applications without a request for a minute. That alone is no fault: perhaps there was nothing to do. */
export function quietOf(applications: readonly Apm.Application[], nowMs: number): string[] {
  return applications.filter(({ last_seen_ms }) => nowMs - last_seen_ms > QUIET_MS).map(({ name }) => name);
}

export interface Quiet {
  /** No requests, but metrics still come, or nobody knows yet. */
  idle: number;
  /** Neither requests nor metrics. */
  silent: number;
}

/** `metrics`: what was sent lately; undefined or incomplete while that is not known, and then nobody is called silent. */
export function tellApart(quiet: readonly string[], metrics: Apm.Metrics | undefined): Quiet {
  if (!metrics || metrics.incomplete.length > 0) return { idle: quiet.length, silent: 0 };
  const sending = new Set(metrics.metrics.flatMap(({ applications }) => applications));
  const idle = quiet.filter((name) => sending.has(name)).length;
  return { idle, silent: quiet.length - idle };
}
