/**
 * What every page shows is in the URL: the stretch of time, the application and its instance, the look of the field, the selected box. A link sent to
 * a colleague shows the same.
 */
import { moment } from "./moment";
import { RANGES, type RangeName } from "./ranges";

export interface View {
  /** A sliding window; `5m` when absent. */
  range?: RangeName;
  /** A fixed stretch of time, unix ms (read as RFC 3339, too); wins over `range`, which is where "live" returns to. */
  from?: number;
  to?: number;
  application?: string;
  /** One of the application's; left out without it. */
  instance?: string;
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
  const view: View = { ...slidingOf(search), ...stretchOf(search) };
  const application = text(search["application"]);
  if (application !== undefined) view.application = application;
  const instance = text(search["instance"]);
  if (application !== undefined && instance !== undefined) view.instance = instance;
  if (search["scale"] === "linear") view.scale = "linear";
  const top = TOPS_MS.find((ms) => ms === search["top_ms"]);
  if (top !== undefined && top !== 10_000) view.top_ms = top;
  const sort = text(search["sort"]);
  if (sort !== undefined && SORT.test(sort)) view.sort = sort;
  return { ...view, ...boxOf(search) };
}

/** Whether what is shown is the time range that a URL names, if it names any. */
export function isRangeReadable(search: Record<string, unknown>): boolean {
  const stretch = stretchOf(search);
  return stretch !== null && (stretch.from !== undefined || slidingOf(search) !== null);
}

function slidingOf({ range }: Record<string, unknown>): Pick<View, "range"> | null {
  if (range === undefined) return {};
  const known = RANGES.find(({ name }) => name === range);
  return known ? (known.name === "5m" ? {} : { range: known.name }) : null;
}

function stretchOf(search: Record<string, unknown>): Pick<View, "from" | "to"> | null {
  if (search["from"] === undefined && search["to"] === undefined) return {};
  const [from, to] = [moment(search["from"]), moment(search["to"])];
  if (from === undefined || to === undefined || from >= to) return null;
  return { from: Math.max(from, to - SPAN_MAX_MS), to };
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

/** A question may span this much; the server refuses more. */
const SPAN_MAX_MS = 31 * 86_400_000;

function duration(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
