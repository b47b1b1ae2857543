import type { Source } from "./sources";

/** Whose values are drawn: all of a project, one application, or one of its instances. */
export interface Whose {
  application: string | undefined;
  instance: string | undefined;
}

/** One question to the metrics API. */
export interface Asked extends Whose {
  name: string;
  aggregation: Source["aggregation"];
  group_by: string | undefined;
  /** `name=value`: only what has this attribute. */
  attr?: string;
}

/** Names of applications once each, the heaviest first; `applications` are in order of weight. */
export function heaviest(names: readonly string[], applications: readonly string[]): string[] {
  const weight = (name: string) => {
    const place = applications.indexOf(name);
    return place < 0 ? Infinity : place;
  };
  return [...new Set(names)].sort((a, b) => weight(a) - weight(b) || a.localeCompare(b));
}
