import { queryOptions } from "@tanstack/react-query";
import { answer, ApiError, createConsoleClient, type Console } from "@naru/api";

/** Calls to the console's own host. Every answer that is not a success is thrown as an `ApiError`. */
export const client = createConsoleClient();

/** `null` = nobody is logged in; other failures are thrown. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Console.Session | null> => {
    try {
      return await answer(client.GET("/sessions/current"));
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const regionsQuery = queryOptions({
  queryKey: ["regions"],
  queryFn: async () => (await answer(client.GET("/regions"))).regions,
  staleTime: 600_000,
});

/** Asked again every 5 s: the board shows whether data arrives. */
export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: async () => (await answer(client.GET("/projects"))).projects,
  refetchInterval: 5000,
});

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ["project", id],
    queryFn: () => answer(client.GET("/projects/{id}", { params: { path: { id } } })),
    refetchInterval: 10_000,
  });

export const installQuery = (id: string) =>
  queryOptions({
    queryKey: ["install", id],
    queryFn: () => answer(client.GET("/projects/{id}/install", { params: { path: { id } } })),
    staleTime: Infinity,
  });

export const licenseKeysQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["license-keys", projectId],
    queryFn: async () =>
      (await answer(client.GET("/projects/{id}/license-keys", { params: { path: { id: projectId } } }))).license_keys,
  });

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async () => (await answer(client.GET("/tokens"))).tokens,
});

export const usageQuery = (projectId: string, from: string, to: string) =>
  queryOptions({
    queryKey: ["usage", projectId, from, to],
    queryFn: () => answer(client.GET("/projects/{id}/usage", { params: { path: { id: projectId }, query: { from, to } } })),
    refetchInterval: 30_000,
  });
