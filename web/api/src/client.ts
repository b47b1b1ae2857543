import createFetchClient, { type Client } from "openapi-fetch";
import { ApiError, parseProblem, UNREACHABLE } from "./problem";
import type { paths as ApmPaths } from "./apm";
import type { paths as ConsolePaths } from "./console";

export type ConsoleClient = Client<ConsolePaths>;
export type ApmClient = Client<ApmPaths>;

/** The API of the host the page came from. */
const ownApi = () => `${window.location.origin}/api/v1`;

/** Calls go to the page's own host with its cookie; `baseUrl` is for tests. */
export function createConsoleClient(baseUrl = ownApi()): ConsoleClient {
  return createFetchClient<ConsolePaths>({ baseUrl, credentials: "same-origin" });
}

export function createApmClient(baseUrl = ownApi()): ApmClient {
  return createFetchClient<ApmPaths>({ baseUrl, credentials: "same-origin" });
}

/**
 * The body of a successful answer; anything else is thrown as an `ApiError`.
 *
 * `const session = await answer(client.GET("/sessions/current"))`
 */
export async function answer<Data>(call: Promise<Result<Data>>): Promise<Data> {
  const { data, error, response } = await call.catch(() => {
    throw new ApiError(UNREACHABLE);
  });
  if (!response.ok) {
    const after = Number(response.headers.get("retry-after"));
    throw new ApiError(parseProblem(error, response.status), Number.isFinite(after) && after > 0 ? after : undefined);
  }
  return data as Data;
}

/** What an openapi-fetch call resolves to, whether it succeeded or not. */
interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}
