import type { Apm } from "@naru/api";
import { heaviest, type Asked, type Whose } from "./asked";
import { poolQuestions, poolsUnasked, type PoolQuestion } from "./pools";
import type { PanelSources, Source } from "./sources";

/** A question, and what its answer's lines become. */
export interface Question extends Asked {
  as: Becomes;
}

export type Becomes =
  /** A line for each label that is wanted; null = all of them. */
  | { kind: "each"; wanted: readonly string[] | null }
  /** One line: the mean of all. */
  | { kind: "mean"; label: string }
  /** One line: the sum of those with these labels. */
  | { kind: "total"; label: string; labels: readonly string[] | null };

export interface Plan {
  unit: PanelSources["unit"];
  questions: Question[];
  /** Questions for how far the values may grow; their sum is one line. */
  limits: Question[];
  /** Questions for the pools the values belong to; drawn instead when there are several. */
  pools: PoolQuestion[];
  /** Metrics the panel is drawn from, in order. */
  sources: Source[];
  /** Applications that send such a metric but are left out because there are too many. */
  omitted: number;
}

/** Questions one panel may ask; each application may need one of its own. */
export const APPLICATIONS_MAX = 6;

/**
 * What to ask for a panel, from the metrics that were sent: of each application the first of the panel's sources that it sends.
 * `applications` are in order of weight; the heaviest are drawn.
 */
export function planOf(panel: PanelSources, sent: readonly Apm.Metric[], whose: Whose, applications: readonly string[]): Plan {
  const picks = pick(panel.sources, sent, whose);
  const limits = pick(panel.limits ?? [], sent, whose);
  const sources = [...picks.keys()];
  if (panel.byPart) {
    const asked = (source: Source) => askedOf(source, sent, picks.get(source) ?? [], whose);
    return {
      unit: panel.unit,
      sources,
      omitted: poolsUnasked(picks),
      questions: sources.flatMap((source) => asked(source).map((own) => byPart(source, own))),
      limits: [...limits.keys()].map((source) => summed(source, whose)),
      pools: poolQuestions(picks, limits, whose, applications),
    };
  }
  if (whose.application !== undefined) {
    return { unit: panel.unit, sources, omitted: 0, limits: [], pools: [], questions: sources.map((source) => ofApplication(source, whose)) };
  }
  const senders = heaviest([...picks.values()].flat(), applications);
  const drawn = new Set(senders.slice(0, APPLICATIONS_MAX));
  const questions = sources.flatMap((source) => ofProject(panel, source, (picks.get(source) ?? []).filter((name) => drawn.has(name))));
  return { unit: panel.unit, sources: sources.filter(({ name }) => questions.some((question) => question.name === name)), omitted: senders.length - drawn.size, limits: [], pools: [], questions };
}

/** Of each application the first source it sends, with what goes with that one: source → applications. */
function pick(sources: readonly Source[], sent: readonly Apm.Metric[], { application }: Whose): Map<Source, string[]> {
  const served = new Set<string>();
  const picks = new Map<Source, string[]>();
  for (const source of sources) {
    const fresh = sendersOf(source, sent).filter((name) => (application === undefined || name === application) && !served.has(name));
    if (fresh.length === 0) continue;
    fresh.forEach((name) => served.add(name));
    for (const one of [source, ...(source.with ?? [])]) picks.set(one, fresh);
  }
  return picks;
}

function sendersOf({ name }: Source, sent: readonly Apm.Metric[]): readonly string[] {
  return sent.find((metric) => metric.name === name)?.applications ?? [];
}

const NOBODY: Whose = { application: undefined, instance: undefined };

/** Whom a source is asked of: all at once, unless some of its senders are drawn from another source, and would count twice. */
function askedOf(source: Source, sent: readonly Apm.Metric[], picked: readonly string[], whose: Whose): Whose[] {
  if (whose.application !== undefined || picked.length >= sendersOf(source, sent).length) return [whose];
  return picked.slice(0, APPLICATIONS_MAX).map((application) => ({ application, instance: undefined }));
}

/** A line per application. Where an attribute or a mean is needed, each is a question of its own: answers are grouped by one thing. */
function ofProject(panel: PanelSources, source: Source, applications: string[]): Question[] {
  const base = { name: source.name, aggregation: source.aggregation };
  if (source.part) {
    const { attribute, values } = source.part;
    return applications.map((application) => ({ ...base, application, instance: undefined, group_by: attribute, as: { kind: "total", label: application, labels: values } }));
  }
  if (panel.across === "mean") {
    return applications.map((application) => ({ ...base, application, instance: undefined, group_by: "instance", as: { kind: "mean", label: application } }));
  }
  return applications.length === 0 ? [] : [{ ...base, ...NOBODY, group_by: "application", as: { kind: "each", wanted: applications } }];
}

/** A line per instance; with an attribute one for all of them. */
function ofApplication(source: Source, { application, instance }: Whose): Question {
  const base = { name: source.name, aggregation: source.aggregation, application, instance };
  const label = instance ?? application ?? "";
  if (source.part) return { ...base, group_by: source.part.attribute, as: { kind: "total", label, labels: source.part.values } };
  if (instance !== undefined) return { ...base, group_by: undefined, as: { kind: "total", label, labels: null } };
  return { ...base, group_by: "instance", as: { kind: "each", wanted: null } };
}

function byPart(source: Source, whose: Whose): Question {
  if (source.is !== undefined) return { ...summed(source, whose), as: { kind: "total", label: source.is, labels: null } };
  return { name: source.name, aggregation: source.aggregation, ...whose, group_by: source.part?.attribute, as: { kind: "each", wanted: source.part?.values ?? null } };
}

function summed(source: Source, whose: Whose): Question {
  return { name: source.name, aggregation: source.aggregation, ...whose, group_by: undefined, as: { kind: "total", label: "", labels: null } };
}
