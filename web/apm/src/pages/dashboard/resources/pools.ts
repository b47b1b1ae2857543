/**
 * Connection pools, each for itself: how many connections are in use, how many are idle, how many there may be.
 *
 * Answers are grouped by one attribute. So it is asked first which pools there are, and then, of those that are drawn, what the
 * connections of each do. Some say in use and idle in metrics of their own: of those one question by pool is enough.
 */
import type { Apm } from "@naru/api";
import type { Line, SeriesPoint } from "@naru/charts";
import { heaviest, type Asked, type Whose } from "./asked";
import type { Source } from "./sources";

/** What a pool's lines say; `open` is in use and idle together, for as long as no more is known. */
export const FIGURES = ["used", "idle", "open", "limit"] as const;
export type Figure = (typeof FIGURES)[number];

export interface PoolQuestion extends Asked {
  application: string;
  /** What the answer, grouped by pool, says of each. */
  figure: Figure;
  /** The attribute that says what an open connection does. */
  state?: string;
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

/** What the connections of one pool do: the answer is grouped by state. */
export interface StateQuestion extends Asked {
  application: string;
  pool: string;
}

export interface StateAnswer {
  question: StateQuestion;
  series: Apm.MetricSeries["series"];
}

/** Pools of more applications are not asked for: each takes two questions, and each pool that is drawn one more. */
export const POOL_APPLICATIONS_MAX = 3;
/** Pools drawn, with up to three lines each. */
export const POOLS_MAX = 3;

type Picks = ReadonlyMap<Source, readonly string[]>;

/** What to ask for the pools of the heaviest applications that have any. */
export function poolQuestions(picks: Picks, limits: Picks, whose: Whose, applications: readonly string[]): PoolQuestion[] {
  return heaviest(sendersOf(picks), applications)
    .slice(0, POOL_APPLICATIONS_MAX)
    .flatMap((application) => {
      const of = (all: Picks) => [...all].filter(([, names]) => names.includes(application)).map(([source]) => source);
      const byPool = ({ name, aggregation, pool }: Source, figure: Figure): PoolQuestion => ({ name, aggregation, application, instance: whose.instance, group_by: pool, figure });
      const inUse = (source: Source): PoolQuestion => {
        if (source.is === "used" || source.is === "idle") return byPool(source, source.is);
        return { ...byPool(source, "open"), ...(source.part ? { state: source.part.attribute } : {}) };
      };
      return [...of(picks).map(inUse), ...of(limits).map((source) => byPool(source, "limit"))];
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
    for (const { labels, points } of series) {
      const name = Object.values(labels)[0] ?? "";
      const key = `${application}\n${name}`;
      const pool = pools.get(key) ?? { application, name, figures: {} };
      pools.set(key, { ...pool, figures: { ...pool.figures, [figure]: points } });
    }
  }
  return [...pools.values()].filter(({ figures }) => figures.used ?? figures.open);
}

/** The largest pools: as many as are drawn. Told by what is known first, so that knowing more of some changes none of them. */
export function largest(pools: readonly Pool[]): Pool[] {
  const peak = ({ figures }: Pool) => (figures.open ?? figures.used ?? []).reduce((most, [, value]) => Math.max(most, value ?? 0), 0);
  return [...pools].sort((a, b) => peak(b) - peak(a)).slice(0, POOLS_MAX);
}

/** What to ask of those of all pools that are drawn and known only by how many connections are open. */
export function stateQuestions(pools: readonly Pool[], all: readonly Pool[], questions: readonly PoolQuestion[]): StateQuestion[] {
  return pools.flatMap(({ application, name, figures }): StateQuestion[] => {
    const open = questions.find((question) => question.application === application && question.figure === "open");
    if (!figures.open || open?.state === undefined) return [];
    const question = { name: open.name, aggregation: open.aggregation, application, instance: open.instance, group_by: open.state, pool: name };
    // What an application's connections do is what those of its only pool do. Of several, one that nothing names can't be asked for.
    if (all.filter((other) => other.application === application).length === 1) return [question];
    return name === "" ? [] : [{ ...question, attr: `${open.group_by}=${name}` }];
  });
}

/** A pool with what its connections do in place of how many are open; as it was while that is not known. */
export function toldApart(pool: Pool, answers: readonly StateAnswer[]): Pool {
  const states = answers.find(({ question }) => question.application === pool.application && question.pool === pool.name);
  if (!states || states.series.length === 0) return pool;
  const of = (state: string) => states.series.find(({ labels }) => Object.values(labels)[0] === state)?.points ?? [];
  const { open: _open, ...figures } = pool.figures;
  return { ...pool, figures: { ...figures, used: of("used"), idle: of("idle") } };
}

const COLOURS = ["var(--naru-accent)", "var(--naru-ok)", "var(--naru-sql)"] as const;
/** A pool has one colour; which of its figures a line is, its stroke says. */
const DASHES: Record<Figure, readonly number[] | undefined> = { used: undefined, open: undefined, idle: [6, 3], limit: [2, 3] };

/** Lines of pools, in the order of their names. */
export function poolLines(pools: readonly Pool[], word: (figure: Figure) => string, nameOf: (pool: Pool) => string): Line[] {
  const shown = [...pools].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return shown.flatMap((pool, place) =>
    FIGURES.flatMap((figure): Line[] => {
      const points = pool.figures[figure];
      const dash = DASHES[figure];
      return points ? [{ label: `${nameOf(pool)} · ${word(figure)}`, within: { group: nameOf(pool), name: word(figure) }, points, colour: COLOURS[place % COLOURS.length] ?? COLOURS[0], ...(dash ? { dash } : {}) }] : [];
    }),
  );
}
