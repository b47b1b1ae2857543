import type { Apm } from "@naru/api";
import { text } from "../../view/search";

export const AGGREGATIONS = ["avg", "sum", "min", "max", "rate", "p50", "p95", "p99", "count"] as const satisfies readonly Apm.Aggregation[];

export interface MetricSearch {
  metric?: string;
  aggregation?: Apm.Aggregation;
  group_by?: string;
}

export function metricSearchOf(search: Record<string, unknown>): MetricSearch {
  const aggregation = AGGREGATIONS.find((name) => name === search["aggregation"]);
  const [metric, group_by] = [text(search["metric"]), text(search["group_by"])];
  return { ...(metric === undefined ? {} : { metric }), ...(aggregation ? { aggregation } : {}), ...(group_by === undefined ? {} : { group_by }) };
}
