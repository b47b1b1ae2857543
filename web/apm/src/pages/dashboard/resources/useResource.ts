import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import type { Apm } from "@naru/api";
import type { Line, SeriesPoint } from "@naru/charts";
import { useMemo } from "react";
import { metricSeriesQuery, scopeOf } from "../../../data/queries";
import { refetchMs } from "../../../view/ranges";
import type { PageView } from "../../../view/useView";
import { linesOf, totalOf, type Named } from "./fold";
import { inUnit } from "./inUnit";
import type { Plan } from "./plan";
import type { Asked } from "./asked";
import { largest, poolsOf, stateQuestions, toldApart, type Pool } from "./pools";

export interface Resource {
  lines: Named[];
  limit: SeriesPoint[] | null;
  /** What the lines belong to, where that has names of its own: the largest, and how many there are. */
  pools: Pool[];
  poolCount: number;
  incomplete: Apm.Incomplete[];
  waiting: "loading" | "failed" | undefined;
}

/** Agents send metrics every ten seconds at best. */
const EVERY_MS = 10_000;

/** Asks what a plan says and folds the answers; nothing is asked while `seen` is false. */
export function useResource(page: PageView, plan: Plan | null, seen: boolean, unnamed: string): Resource {
  const questions = plan?.questions ?? [];
  const limits = plan?.limits ?? [];
  const pools = plan?.pools ?? [];
  const answers = useAnswers(page, [...questions, ...limits, ...pools], seen);
  const first = useMemo(() => {
    const answered = answeredIn(plan, answers.series);
    const known = answers.series.filter((one) => one !== undefined);
    return {
      lines: linesOf(answered(questions, 0), unnamed),
      limit: totalOf(answered(limits, questions.length)),
      pools: poolsOf(answered(pools, questions.length + limits.length)),
      incomplete: known.flatMap(({ incomplete }) => incomplete),
      waiting: known.length > 0 ? undefined : answers.failed ? ("failed" as const) : ("loading" as const),
    };
    // Questions follow from the plan.
  }, [answers, plan, unnamed]);
  // Of the only pool its states are asked for anyway.
  const shown = useMemo(() => (first.pools.length > 1 ? largest(first.pools) : first.pools), [first.pools]);
  const apart = useMemo(() => (first.pools.length > 1 ? stateQuestions(shown, first.pools, pools) : []), [first.pools, shown, plan]);
  const states = useAnswers(page, apart, seen);
  return useMemo(() => {
    const answered = answeredIn(plan, states.series)(apart, 0);
    const incomplete = states.series.flatMap((one) => one?.incomplete ?? []);
    return { ...first, pools: shown.map((pool) => toldApart(pool, answered)), poolCount: first.pools.length, incomplete: [...first.incomplete, ...incomplete] };
  }, [first, shown, apart, states, plan]);
}

/** Answers in the order of the questions. */
function useAnswers(page: PageView, asked: readonly Asked[], seen: boolean) {
  const scope = scopeOf(page);
  const every = refetchMs(page.window);
  return useQueries({
    queries: asked.map(({ name, aggregation, group_by, attr, application, instance }) => ({
      ...metricSeriesQuery({ ...scope, application, instance }, { name, aggregation, group_by, attr }),
      enabled: seen,
      refetchInterval: every === false ? (false as const) : Math.max(EVERY_MS, every),
    })),
    combine: together,
  });
}

/** Pairs questions with what is known of their answers, the first question's being at `from`. */
function answeredIn(plan: Plan | null, all: readonly (Apm.MetricSeries | undefined)[]) {
  return <Kind>(list: readonly Kind[], from: number) =>
    list.flatMap((question, index) => {
      const series = all[from + index];
      return series && plan ? [{ question, series: inUnit(plan.unit, series) }] : [];
    });
}

function together(results: UseQueryResult<Apm.MetricSeries>[]) {
  return { series: results.map(({ data }) => data), failed: results.some(({ error }) => error !== null) };
}

const COLOURS = ["var(--naru-accent)", "var(--naru-ok)", "var(--naru-sql)", "var(--naru-warn)", "var(--naru-external)", "var(--naru-bad)"] as const;
const DASHES = [undefined, [6, 3], [2, 3]] as const;
/** More lines than this can't be told apart in a small panel. */
export const LINES_MAX = 6;

/**
 * The largest lines, in the order of their names; the limit as a faint dashed line above them. Whoever is `known`, as all of a
 * project's applications, has the same colour in every panel; colours first, then the same colours dashed.
 */
export function drawn(lines: readonly Named[], limit: SeriesPoint[] | null, limitLabel: string, known: readonly string[]): Line[] {
  const peak = ({ points }: Named) => points.reduce((most, [, value]) => Math.max(most, value ?? -Infinity), -Infinity);
  const shown = [...lines].sort((a, b) => peak(b) - peak(a)).slice(0, LINES_MAX);
  shown.sort((a, b) => a.label.localeCompare(b.label));
  const made = shown.map(({ label, title, of = label, points }, index): Line => {
    const place = known.includes(of) ? known.indexOf(of) : index;
    const dash = DASHES[Math.floor(place / COLOURS.length) % DASHES.length];
    return { label, ...(title === undefined ? {} : { title }), points, colour: COLOURS[place % COLOURS.length] ?? COLOURS[0], ...(dash ? { dash } : {}), fill: shown.length === 1 };
  });
  return limit === null ? made : [...made, { label: limitLabel, points: limit, colour: "var(--naru-muted)", dash: [2, 3] }];
}
