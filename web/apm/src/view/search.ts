/**
 * What every page shows is in the URL: the stretch of time, the application, the look of the field, the selected box. A link sent to
 * a colleague shows the same.
 */
import { RANGES, type RangeName } from "./ranges";

export interface View {
  /** A sliding window; `5m` when absent. */
  range?: RangeName;
  /** A fixed stretch of time, unix ms; wins over `range`, which is where "live" returns to. */
  from?: number;
  to?: number;
  application?: string;
  scale?: "linear";
  /** Where the field's open row begins, ms; 10 s when absent. */
  top_ms?: number;
  /** The selected box of the field: starts in `[box_from, box_to)`, durations in `(min_ms, max_ms]`, no `max_ms` = open. */
  box_from?: number;
  box_to?: number;
  min_ms?: number;
  max_ms?: number;
  /** What lists of transactions are sorted by, `-duration` = longest first; newest first when absent. */
  sort?: string;
}

const SORT = /^-?[A-Za-z]{1,20}$/;

export const TOPS_MS = [1000, 3000, 10_000, 30_000, 60_000] as const;

/** Reads what a URL says; what it says wrong is left out. */
export function viewOf(search: Record<string, unknown>): View {
  const view: View = {};
  const range = RANGES.find(({ name }) => name === search["range"]);
  if (range && range.name !== "5m") view.range = range.name;
  const [from, to] = [moment(search["from"]), moment(search["to"])];
  if (from !== undefined && to !== undefined && from < to) Object.assign(view, { from: Math.max(from, to - SPAN_MAX_MS), to });
  const application = text(search["application"]);
  if (application !== undefined) view.application = application;
  if (search["scale"] === "linear") view.scale = "linear";
  const top = TOPS_MS.find((ms) => ms === search["top_ms"]);
  if (top !== undefined && top !== 10_000) view.top_ms = top;
  const sort = text(search["sort"]);
  if (sort !== undefined && SORT.test(sort)) view.sort = sort;
  return { ...view, ...boxOf(search) };
}

function boxOf(search: Record<string, unknown>): Partial<View> {
  const [box_from, box_to] = [moment(search["box_from"]), moment(search["box_to"])];
  if (box_from === undefined || box_to === undefined || box_from >= box_to) return {};
  const [min_ms, max_ms] = [duration(search["min_ms"]), duration(search["max_ms"])];
  return { box_from, box_to, ...(min_ms === undefined ? {} : { min_ms }), ...(max_ms === undefined ? {} : { max_ms }) };
}

/** A name may look like a number; the router reads it as one. */
export function text(value: unknown): string | undefined {
  const read = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof read === "string" && read !== "" ? read : undefined;
}

/** The last moment that `Date` can hold, ms. */
const MOMENT_MAX_MS = 8.64e15;
/** A question may span this much; the server refuses more. */
const SPAN_MAX_MS = 31 * 86_400_000;

export function moment(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= MOMENT_MAX_MS ? value : undefined;
}

function duration(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
