import type { Apm } from "@naru/api";
import type { SeriesPoint } from "@naru/charts";
import type { Becomes, Question } from "./plan";

export interface Named {
  label: string;
  /** The whole name where the label is a short one. */
  title?: string;
  /** Whose line it is, where the label says more. */
  of?: string;
  points: SeriesPoint[];
}

export interface Answered {
  question: Question;
  series: Apm.MetricSeries["series"];
}

/** Answers as named lines. Lines of one name, as of applications with older and newer agents, add up. */
export function linesOf(answers: readonly Answered[], unnamed: string): Named[] {
  const lines = new Map<string, SeriesPoint[][]>();
  const add = (label: string, points: SeriesPoint[]) => lines.set(label, [...(lines.get(label) ?? []), points]);
  for (const { question, series } of answers) {
    for (const { label, points } of become(question.as, series)) add(label === "" ? unnamed : label, points);
  }
  return [...lines].map(([label, parts]) => ({ label, points: merged(parts, sum) }));
}

/** One line that is the sum of all answers; null without any. */
export function totalOf(answers: readonly Answered[]): SeriesPoint[] | null {
  const parts = answers.flatMap(({ question, series }) => become(question.as, series).map(({ points }) => points));
  return parts.length === 0 ? null : merged(parts, sum);
}

function become(as: Becomes, series: Apm.MetricSeries["series"]): Named[] {
  const label = (one: Apm.MetricSeries["series"][number]) => Object.values(one.labels)[0] ?? "";
  if (as.kind === "each") {
    const { wanted } = as;
    return series.filter((one) => wanted === null || wanted.includes(label(one))).map((one) => ({ label: label(one), points: one.points }));
  }
  const labels = as.kind === "total" ? as.labels : null;
  const parts = series.filter((one) => labels === null || labels.includes(label(one))).map(({ points }) => points);
  return parts.length === 0 ? [] : [{ label: as.label, points: merged(parts, as.kind === "mean" ? mean : sum) }];
}

/** Several lines as one; a moment where none has a value is a gap. */
function merged(parts: readonly (readonly SeriesPoint[])[], combine: (values: number[]) => number): SeriesPoint[] {
  const [only] = parts;
  if (parts.length === 1 && only) return [...only];
  const values = new Map<number, number[]>();
  for (const [at, value] of parts.flat()) {
    const held = values.get(at) ?? [];
    if (value !== null) held.push(value);
    values.set(at, held);
  }
  return [...values].sort(([a], [b]) => a - b).map(([at, held]) => [at, held.length === 0 ? null : combine(held)]);
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
const mean = (values: number[]) => sum(values) / values.length;
