/**
 * Connection pools, each for itself: how many connections are in use, how many are idle, how many there may be.
 *
 * Answers are grouped by one attribute, by pool or by state. So in use and idle are known of a pool that says them in metrics of
 * their own, and of an application's only pool; of several pools in one metric only how many connections are open.
 */
import type { Apm } from "@naru/api";
import type { Line, SeriesPoint } from "@naru/charts";
import { heaviest, type Asked, type Whose } from "./asked";
import type { Source } from "./sources";

/** What a pool's lines say; `open` is in use and idle together. */
export const FIGURES = ["used", "idle", "open", "limit"] as const;
export type Figure = (typeof FIGURES)[number];

export interface PoolQuestion extends Asked {
  application: string;
  /** What the answer, grouped by pool, says of each; `states`: grouped by state it says what all pools of the application do. */
  figure: Figure | "states";
}

export interface PoolAnswer {
  question: PoolQuestion;
  series: Apm.MetricSeries["series"];
}

export interface Pool {
  application: string;
  /** Empty when nothing names it. */
  name: string;
  figures: Partial<Record<Figure, SeriesPoint[]>>;
}

/** Pools of more applications are not asked for: each takes three questions. */
export const POOL_APPLICATIONS_MAX = 3;
/** Pools drawn, with up to three lines each. */
export const POOLS_MAX = 3;

type Picks = ReadonlyMap<Source, readonly string[]>;

/** What to ask for the pools of the heaviest applications that have any. */
export function poolQuestions(picks: Picks, limits: Picks, whose: Whose, applications: readonly string[]): PoolQuestion[] {
  const senders = heaviest(sendersOf(picks), applications);
  return senders.slice(0, POOL_APPLICATIONS_MAX).flatMap((application) => {
    const of = (all: Picks) => [...all].filter(([, names]) => names.includes(application)).map(([source]) => source);
    const base = ({ name, aggregation }: Source) => ({ name, aggregation, application, instance: whose.instance });
    const byPool = (source: Source, figure: Figure): PoolQuestion => ({ ...base(source), group_by: source.pool, figure });
    const figure = ({ is }: Source): Figure => (is === "used" || is === "idle" ? is : "open");
    return [
      ...of(picks).map((source) => byPool(source, figure(source))),
      // Of the only application its states are asked for anyway.
      ...of(picks).flatMap((source): PoolQuestion[] => (source.part && senders.length > 1 ? [{ ...base(source), group_by: source.part.attribute, figure: "states" }] : [])),
      ...of(limits).map((source) => byPool(source, "limit")),
    ];
  });
}

/** How many applications' pools are not asked for. */
export function poolsUnasked(picks: Picks): number {
  return Math.max(0, new Set(sendersOf(picks)).size - POOL_APPLICATIONS_MAX);
}

function sendersOf(picks: Picks): string[] {
  return [...picks].filter(([source]) => source.pool !== undefined).flatMap(([, names]) => names);
}

/** The pools that answers tell of, each with what is known of it. */
export function poolsOf(answers: readonly PoolAnswer[]): Pool[] {
  const pools = new Map<string, Pool>();
  for (const { question, series } of answers) {
    const { application, figure } = question;
    if (figure === "states") continue;
    for (const { labels, points } of series) {
      const name = Object.values(labels)[0] ?? "";
      const key = `${application}\n${name}`;
      const pool = pools.get(key) ?? { application, name, figures: {} };
      pools.set(key, { ...pool, figures: { ...pool.figures, [figure]: points } });
    }
  }
  const known = [...pools.values()].filter(({ figures }) => figures.used ?? figures.open);
  return known.map((pool) => ({ ...pool, figures: tellApart(pool, known, answers) }));
}

/** What an application's connections do is what its pool's do, if it has only that one. */
function tellApart(pool: Pool, all: readonly Pool[], answers: readonly PoolAnswer[]): Pool["figures"] {
  const { open, ...figures } = pool.figures;
  const states = answers.find(({ question }) => question.figure === "states" && question.application === pool.application);
  if (!open || !states || all.filter(({ application }) => application === pool.application).length > 1) return pool.figures;
  const of = (state: string) => states.series.find(({ labels }) => Object.values(labels)[0] === state)?.points ?? [];
  return { ...figures, used: of("used"), idle: of("idle") };
}

const COLOURS = ["var(--naru-accent)", "var(--naru-ok)", "var(--naru-sql)"] as const;
/** A pool has one colour; which of its figures a line is, its stroke says. */
const DASHES: Record<Figure, readonly number[] | undefined> = { used: undefined, open: undefined, idle: [6, 3], limit: [2, 3] };

/** Lines of the largest pools, in the order of their names. */
export function poolLines(pools: readonly Pool[], word: (figure: Figure) => string, nameOf: (pool: Pool) => string): Line[] {
  const peak = ({ figures }: Pool) => (figures.used ?? figures.open ?? []).reduce((most, [, value]) => Math.max(most, value ?? 0), 0);
  const shown = [...pools].sort((a, b) => peak(b) - peak(a)).slice(0, POOLS_MAX);
  shown.sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return shown.flatMap((pool, place) =>
    FIGURES.flatMap((figure): Line[] => {
      const points = pool.figures[figure];
      const dash = DASHES[figure];
      return points ? [{ label: `${nameOf(pool)} · ${word(figure)}`, points, colour: COLOURS[place % COLOURS.length] ?? COLOURS[0], ...(dash ? { dash } : {}) }] : [];
    }),
  );
}
