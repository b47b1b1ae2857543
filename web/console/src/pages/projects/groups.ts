import type { Console } from "@naru/api";

/** What the server calls the folder of projects that were put into none. */
const NO_GROUP = "default";

export function groupOf(project: Console.Project): string {
  return project.group === NO_GROUP ? "" : project.group;
}

/** Projects of one folder; the nameless folder (`""`) comes last. */
export interface ProjectGroup {
  name: string;
  projects: Console.Project[];
}

export function groupProjects(projects: readonly Console.Project[]): ProjectGroup[] {
  const byName = new Map<string, Console.Project[]>();
  for (const project of projects) {
    const name = groupOf(project);
    byName.set(name, [...(byName.get(name) ?? []), project]);
  }
  return [...byName]
    .map(([name, list]) => ({ name, projects: list.sort((a, b) => a.name.localeCompare(b.name)) }))
    .sort((a, b) => Number(a.name === "") - Number(b.name === "") || a.name.localeCompare(b.name));
}

export function groupNames(projects: readonly Console.Project[]): string[] {
  return [...new Set(projects.map(groupOf).filter((name) => name !== ""))].sort();
}
