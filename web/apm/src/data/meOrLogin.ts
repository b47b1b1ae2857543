import type { QueryClient } from "@tanstack/react-query";
import { ApiError, type Apm } from "@naru/api";
import { meQuery } from "./queries";

/**
 * Who is logged in. Without a session the query cache has already sent the browser to the log-in (`leaveForLogin`); that is no error
 * of this page, so it waits until the browser has left.
 */
export async function meOrLogin(queries: QueryClient): Promise<Apm.Me> {
  try {
    return await queries.ensureQueryData(meQuery);
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401) return new Promise(() => {});
    throw error;
  }
}
