import { moment } from "../../view/moment";
import { text } from "../../view/search";

export const TRACE_TABS = ["waterfall", "tree", "sql", "exceptions", "logs"] as const;
export type TraceTab = (typeof TRACE_TABS)[number];

export interface TraceSearch {
  tab?: TraceTab;
  span?: string;
  /** About when the trace was, unix ms: with it the server need not search a month. */
  at_ms?: number;
}

export function traceSearchOf(search: Record<string, unknown>): TraceSearch {
  const tab = TRACE_TABS.find((name) => name === search["tab"]);
  const span = text(search["span"]);
  const at_ms = moment(search["at_ms"]);
  return { ...(tab && tab !== "waterfall" ? { tab } : {}), ...(span === undefined ? {} : { span }), ...(at_ms === undefined ? {} : { at_ms }) };
}
