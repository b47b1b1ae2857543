import type { Console } from "@naru/api";
import { expect, test } from "vitest";
import { groupNames, groupProjects } from "./groups";

const project = (name: string, group: string, over: Partial<Console.Project> = {}): Console.Project => ({
  id: `prj_${name}`,
  name,
  group,
  platform: "go",
  region: "local",
  created_at: "2026-01-01T00:00:00Z",
  apm_url: "http://a",
  first_data_at: null,
  last_data_at: null,
  spans_total: 0,
  ...over,
});

test("projects lie in their folders by name, the nameless folder last", () => {
  const groups = groupProjects([project("b", "default"), project("z", "운영"), project("a", "운영"), project("c", "qa")]);
  expect(groups.map((group) => [group.name, group.projects.map((each) => each.name)])).toEqual([
    ["qa", ["c"]],
    ["운영", ["a", "z"]],
    ["", ["b"]],
  ]);
  expect(groupNames([project("b", ""), project("z", "운영"), project("a", "운영")])).toEqual(["운영"]);
});
