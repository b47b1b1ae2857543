import type { Apm } from "@naru/api";
import type { Line } from "@naru/charts";

/** More lines than this can't be told apart. */
export const LINES_MAX = 12;

const COLOURS = ["var(--naru-accent)", "var(--naru-ok)", "var(--naru-sql)", "var(--naru-warn)", "var(--naru-external)", "var(--naru-bad)"] as const;
const DASHES = [undefined, [6, 3], [2, 3]] as const;

/** The largest series as lines: colours first, then the same colours dashed. */
export function linesOf(series: Apm.MetricSeries["series"], all: string): Line[] {
  const peak = (one: Apm.MetricSeries["series"][number]) => Math.max(...one.points.map(([, value]) => value ?? -Infinity));
  return [...series]
    .sort((a, b) => peak(b) - peak(a))
    .slice(0, LINES_MAX)
    .map((one, index) => {
      const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length];
      return {
        label: Object.values(one.labels).join(" · ") || all,
        colour: COLOURS[index % COLOURS.length] ?? "var(--naru-accent)",
        points: one.points,
        ...(dash ? { dash } : {}),
        fill: series.length === 1,
      };
    });
}

/** How values of a metric read, by its UCUM unit. */
export function kindOf(unit: string | null, aggregation: Apm.Aggregation): "number" | "duration" | "bytes" | "percent" {
  if (aggregation === "count") return "number";
  if (unit === "By") return "bytes";
  if ((unit === "ms" || unit === "s" || unit === "us" || unit === "ns") && aggregation !== "rate") return "duration";
  return "number";
}

/** What follows a plain number: `{request}` → ` request`, of a rate ` request/s`; nothing for the dimensionless `1`. */
export function unitText(kind: ReturnType<typeof kindOf>, unit: string | null, aggregation: Apm.Aggregation): string {
  if (aggregation === "count") return "";
  const named = kind === "number" && unit !== null && unit !== "1" ? ` ${unit.replace(/^\{(.*)\}$/, "$1")}` : "";
  if (aggregation !== "rate") return named;
  return kind === "number" && named === "" ? " /s" : `${named}/s`;
}

/** Into the ms a duration is formatted from. */
export function scaleOf(unit: string | null): number {
  return unit === "s" ? 1000 : unit === "us" ? 0.001 : unit === "ns" ? 1e-6 : 1;
}
