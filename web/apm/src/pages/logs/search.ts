import { text } from "../../view/search";

export const SEVERITIES = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface LogSearch {
  q?: string;
  /** This one and everything above it. */
  severity?: Severity;
}

export function logSearchOf(search: Record<string, unknown>): LogSearch {
  const q = text(search["q"]);
  const severity = SEVERITIES.find((name) => name === search["severity"]);
  return { ...(q === undefined ? {} : { q }), ...(severity ? { severity } : {}) };
}

/** OpenTelemetry's numbers 1 … 24 in steps of four. */
export function severityOf(number: number): Severity {
  return SEVERITIES[Math.min(5, Math.max(0, Math.floor((number - 1) / 4)))] ?? "info";
}
