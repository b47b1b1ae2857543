import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { isLive } from "../view/ranges";
import type { PageView } from "../view/useView";
import { atMostEvery } from "./atMostEvery";
import { useFollow } from "./LiveFeed";

/** Pushed as often as this at most: who looks can't read faster, and each costs the server a few questions. */
const EVERY_MS = 1000;

/**
 * Figures of a live page are asked again when the stream says that transactions came, not when a timer runs out. The timers of the
 * questions begin anew with each answer, so they count only while nothing is pushed: a quiet project, or a stream that is away.
 */
export function useLiveRefresh({ project, window }: Pick<PageView, "project" | "window">): void {
  const queries = useQueryClient();
  const refresh = useMemo(() => atMostEvery(EVERY_MS, () => askAgain(queries, project)), [queries, project]);
  useEffect(() => () => refresh.stop(), [refresh]);
  // A page nobody sees asks nothing; it does when it is seen again.
  const came = () => document.visibilityState === "visible" && refresh.ask();
  useFollow(isLive(window) ? { onPoints: came, onMissed: came } : null);
}

/** What is on screen of the project's figures. An earlier stretch of time, to compare with, doesn't change by what comes now. */
function askAgain(queries: QueryClient, project: string): Promise<unknown> {
  const keys = [["dashboard", project], ["applications", project], ["instances", project], ["service-map", project, "now"]];
  // A question under way is waited for: asked anew each second, a slow one would never be answered.
  return Promise.all(keys.map((queryKey) => queries.refetchQueries({ queryKey, type: "active" }, { cancelRefetch: false })));
}
