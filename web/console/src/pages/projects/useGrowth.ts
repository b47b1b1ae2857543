import type { Console } from "@naru/api";
import { useEffect, useState } from "react";
import { remember, type Growth } from "./dataState";

/** Watches which projects' counts grow from answer to answer. */
export function useGrowth(projects: Console.Project[] | undefined): ReadonlyMap<string, Growth> {
  const [growth, setGrowth] = useState<ReadonlyMap<string, Growth>>(new Map());
  useEffect(() => {
    if (projects) setGrowth((before) => remember(before, projects, Date.now()));
  }, [projects]);
  return growth;
}
