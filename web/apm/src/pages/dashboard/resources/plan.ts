import type { Apm } from "@naru/api";
import type { PanelSources, Source } from "./sources";

/** Whose values are drawn: all of a project, one application, or one of its instances. */
export interface Whose {
  application: string | undefined;
  instance: string | undefined;
}

/** One question to the metrics API, and what its answer's lines become. */
export interface Question {
  name: string;
  aggregation: Source["aggregation"];
  application: string | undefined;
  instance: string | undefined;
  group_by: string | undefined;
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
  questions: Question[];
  /** Questions for how far the values may grow; their sum is one line. */
  limits: Question[];
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
  const sources = panel.sources.filter((source) => picks.has(source));
  if (panel.byPart) {
    return { sources, omitted: 0, questions: sources.map((source) => byPart(source, whose)), limits: [...limits.keys()].map((source) => summed(source, whose)) };
  }
  if (whose.application !== undefined) {
    return { sources, omitted: 0, limits: [], questions: sources.map((source) => ofApplication(source, whose)) };
  }
  const senders = [...new Set([...picks.values()].flat())].sort((a, b) => weight(applications, a) - weight(applications, b) || a.localeCompare(b));
  const drawn = new Set(senders.slice(0, APPLICATIONS_MAX));
  const questions = sources.flatMap((source) => ofProject(panel, source, (picks.get(source) ?? []).filter((name) => drawn.has(name))));
  return { sources: sources.filter(({ name }) => questions.some((question) => question.name === name)), omitted: senders.length - drawn.size, limits: [], questions };
}

/** Of each application the first source it sends: source → applications. */
function pick(sources: readonly Source[], sent: readonly Apm.Metric[], { application }: Whose): Map<Source, string[]> {
  const senders = new Map(sent.map((metric) => [metric.name, metric.applications]));
  const served = new Set<string>();
  const picks = new Map<Source, string[]>();
  for (const source of sources) {
    const fresh = (senders.get(source.name) ?? []).filter((name) => (application === undefined || name === application) && !served.has(name));
    if (fresh.length === 0) continue;
    fresh.forEach((name) => served.add(name));
    picks.set(source, fresh);
  }
  return picks;
}

function weight(applications: readonly string[], name: string): number {
  const place = applications.indexOf(name);
  return place < 0 ? Infinity : place;
}

const NOBODY: Whose = { application: undefined, instance: undefined };

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
  return { name: source.name, aggregation: source.aggregation, ...whose, group_by: source.part?.attribute, as: { kind: "each", wanted: source.part?.values ?? null } };
}

function summed(source: Source, whose: Whose): Question {
  return { name: source.name, aggregation: source.aggregation, ...whose, group_by: undefined, as: { kind: "total", label: "", labels: null } };
}
