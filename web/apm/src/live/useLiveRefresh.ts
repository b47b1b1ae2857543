import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { isLive } from "../view/ranges";
import type { PageView } from "../view/useView";
import { atMostEvery } from "./atMostEvery";
import { useFollow } from "./LiveFeed";

/** Pushed as often as this at most: who looks can't read faster, and each costs the server a few questions. */
const EVERY_MS = 1000;
/** What agents measure comes every ten seconds at best, and a panel of it costs several questions. */
const RESOURCES_EVERY_MS = 5000;

/**
 * Figures of a live page are asked again when the stream says that transactions came, not when a timer runs out. The timers of the
 * questions begin anew with each answer, so they count only while nothing is pushed: a quiet project, or a stream that is away.
 */
export function useLiveRefresh({ project, window }: Pick<PageView, "project" | "window">): void {
  const queries = useQueryClient();
  const refresh = useMemo(() => atMostEvery(EVERY_MS, () => askAgain(queries, project)), [queries, project]);
  const resources = useMemo(() => atMostEvery(RESOURCES_EVERY_MS, () => askResourcesAgain(queries, project)), [queries, project]);
  useEffect(
    () => () => {
      refresh.stop();
      resources.stop();
    },
    [refresh, resources],
  );
  // A page nobody sees asks nothing; it does when it is seen again.
  const came = () => {
    if (document.visibilityState !== "visible") return;
    refresh.ask();
    resources.ask();
  };
  useFollow(isLive(window) ? { onPoints: came, onMissed: came } : null);
}

/** A question under way is waited for: asked anew each time, a slow one would never be answered. */
const UNDER_WAY = { cancelRefetch: false };

/** What is on screen of the project's figures. An earlier stretch of time, to compare with, doesn't change by what comes now. */
function askAgain(queries: QueryClient, project: string): Promise<unknown> {
  const keys = [["dashboard", project], ["applications", project], ["instances", project], ["service-map", project, "now"]];
  return Promise.all(keys.map((queryKey) => queries.refetchQueries({ queryKey, type: "active" }, UNDER_WAY)));
}

/** Panels of metrics that are in sight. Their keys name the question first. */
function askResourcesAgain(queries: QueryClient, project: string): Promise<unknown> {
  return queries.refetchQueries({ queryKey: ["metric-series"], type: "active", predicate: ({ queryKey }) => queryKey[2] === project }, UNDER_WAY);
}
