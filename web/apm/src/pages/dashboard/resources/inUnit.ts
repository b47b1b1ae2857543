import type { Apm } from "@naru/api";
import { scaleOf } from "../../metrics/lines";
import type { PanelSources } from "./sources";

const MINUTE_MS = 60_000;
/** What agents send at once is of so long at least, however short the step it falls in. */
const SENT_MS_MIN = 10_000;

type Series = Apm.MetricSeries["series"];
type Answer = Pick<Apm.MetricSeries, "series" | "unit" | "kind" | "step_ms" | "to_ms">;

/** An answer's lines as a panel reads them. */
export function inUnit(unit: PanelSources["unit"], answer: Answer): Series {
  if (unit !== "perMinute" && unit !== "msPerMinute") return answer.series;
  const { step_ms, to_ms } = answer;
  const perMinute =
    unit === "perMinute"
      ? (value: number) => value * 60
      : // The last step may end early: what was added until then belongs to that shorter time.
        (value: number, at: number) => (value * scaleOf(answer.unit) * MINUTE_MS) / Math.max(SENT_MS_MIN, Math.min(step_ms, to_ms - at));
  const silent = answer.kind.includes("histogram");
  return answer.series.map(({ labels, points }) => {
    const read = points.map(([at, value]): [number, number | null] => [at, value === null ? null : perMinute(value, at)]);
    return { labels, points: silent ? withZeros(read) : read };
  });
}

/** A histogram that recorded nothing has no value, but between two that it has nothing is none. */
function withZeros(points: [number, number | null][]): [number, number | null][] {
  const known = points.map(([, value]) => value !== null);
  const [first, last] = [known.indexOf(true), known.lastIndexOf(true)];
  return points.map(([at, value], index) => [at, value ?? (index > first && index < last ? 0 : null)]);
}
