import { text } from "../../view/search";

export const TRACE_TABS = ["waterfall", "tree", "sql", "exceptions", "logs"] as const;
export type TraceTab = (typeof TRACE_TABS)[number];

export interface TraceSearch {
  tab?: TraceTab;
  span?: string;
}

export function traceSearchOf(search: Record<string, unknown>): TraceSearch {
  const tab = TRACE_TABS.find((name) => name === search["tab"]);
  const span = text(search["span"]);
  return { ...(tab && tab !== "waterfall" ? { tab } : {}), ...(span === undefined ? {} : { span }) };
}
