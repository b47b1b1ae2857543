import { queryOptions } from "@tanstack/react-query";
import { answer, type Apm } from "@naru/api";
import { refetchMs, spanOf, windowKey } from "../view/ranges";
import { client } from "./client";
import { serverNow } from "./clock";
import { keepSame } from "./keep";
import { only, whoseKey, type Scope } from "./queries";

/** Live figures are asked again so often while nothing is pushed. */
const LIVE_MS = 3000;
/** Those of single applications beside them, whatever is pushed: each of them is a question of its own. */
const BESIDE_MS = 10_000;
/** Transactions arrive a little after they ended: what is younger still fills. */
const FILLING_MS = 2500;

/** What a dashboard says of transactions, and when it said so. */
export type DashboardAnswer = Apm.Dashboard & { asked_ms: number };

async function ask(scope: Scope, signal: AbortSignal): Promise<DashboardAnswer> {
  const asked_ms = serverNow();
  const query = { ...spanOf(scope.window, asked_ms), ...only(scope) };
  const figures = await answer(client.GET("/projects/{id}/dashboard", { params: { path: { id: scope.project }, query }, signal }));
  return { ...(figures as Apm.Dashboard), asked_ms };
}

export const dashboardQuery = (scope: Scope) => {
  const queryKey = ["dashboard", ...whoseKey(scope), windowKey(scope.window)] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal }) => ask(scope, signal),
    // A fixed range that reaches until now is asked again until its last step is whole.
    refetchInterval: ({ state }) => {
      const every = refetchMs(scope.window);
      if (every === false) return state.data && fillingFrom(state.data) !== null ? LIVE_MS : false;
      return every <= 5000 ? LIVE_MS : every;
    },
    placeholderData: keepSame(queryKey),
  });
};

/** The same of one application, for a line beside those of others. Its key is another one: what is pushed asks for the page's own figures only. */
export const besideQuery = (scope: Scope) => {
  const queryKey = ["dashboard-beside", ...whoseKey(scope), windowKey(scope.window)] as const;
  const every = refetchMs(scope.window);
  return queryOptions({ queryKey, queryFn: ({ signal }) => ask(scope, signal), refetchInterval: every === false ? false : Math.max(BESIDE_MS, every), placeholderData: keepSame(queryKey) });
};

/** Days begin where the reader is; what they add up to moves slowly. */
const USERS_MS = 60_000;

/** Different users of today, of a week and of a month. */
export const usersQuery = (project: string, application: string | undefined) => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // What a browser says on a machine without a zone.
  const time_zone = timeZone === "Etc/Unknown" ? "UTC" : timeZone;
  const query = { time_zone, ...(application === undefined ? {} : { application }) };
  return queryOptions({
    queryKey: ["users", project, query] as const,
    queryFn: ({ signal }) => answer(client.GET("/projects/{id}/users", { params: { path: { id: project }, query }, signal })),
    refetchInterval: USERS_MS,
  });
};

/** Where the first step begins that still filled when the figures were asked for, unix ms; null when all were whole. */
export function fillingFrom({ from_ms, to_ms, step_ms, asked_ms }: Pick<DashboardAnswer, "from_ms" | "to_ms" | "step_ms" | "asked_ms">): number | null {
  const whole = Math.max(0, Math.floor((asked_ms - FILLING_MS - from_ms) / step_ms));
  const filling_ms = from_ms + whole * step_ms;
  // A range may end within its last step: that one is whole as soon as the range is over.
  return filling_ms < to_ms && asked_ms - FILLING_MS < to_ms ? filling_ms : null;
}

/** Instances of an application that had transactions in the window. */
export const instancesQuery = ({ project, window, application }: Pick<Scope, "project" | "window"> & { application: string }) => {
  const queryKey = ["instances", project, application, windowKey(window)] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal }) => {
      const query = { ...spanOf(window, serverNow()), application };
      return answer(client.GET("/projects/{id}/instances", { params: { path: { id: project }, query }, signal }));
    },
    refetchInterval: refetchMs(window),
    placeholderData: keepSame(queryKey),
  });
};
