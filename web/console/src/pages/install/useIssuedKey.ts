import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { answer } from "@naru/api";
import { client, licenseKeysQuery } from "../../api";

/** `known` are hints of keys that exist but can't be read again. */
export interface IssuedKey {
  key: string | null;
  known: string[];
}

const queryKeyOf = (projectId: string) => ["issued-key", projectId];

async function issue(projectId: string): Promise<string> {
  const issued = await answer(
    client.POST("/projects/{id}/license-keys", { params: { path: { id: projectId } }, body: {} }),
  );
  return issued.key;
}

/** A project without any key gets its first one here; the text of an older one is gone for good. */
async function firstKey(projectId: string): Promise<IssuedKey> {
  const keys = (
    await answer(client.GET("/projects/{id}/license-keys", { params: { path: { id: projectId } } }))
  ).license_keys;
  if (keys.length === 0) return { key: await issue(projectId), known: [] };
  return { key: null, known: keys.filter((key) => key.revoked_at === null).map((key) => key.hint) };
}

/** The license key this page may show, held only while the page is open (see `forgetKey`). */
export function useIssuedKey(projectId: string) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: queryKeyOf(projectId),
    queryFn: () => firstKey(projectId),
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
  });
  const renew = useMutation({
    mutationFn: () => issue(projectId),
    onSuccess: (key) => {
      queries.setQueryData<IssuedKey>(queryKeyOf(projectId), (before) => ({ key, known: before?.known ?? [] }));
      return queries.invalidateQueries({ queryKey: licenseKeysQuery(projectId).queryKey });
    },
  });
  return { query, renew };
}

/** Called when the page is left. */
export function forgetKey(queries: QueryClient, projectId: string): void {
  queries.removeQueries({ queryKey: queryKeyOf(projectId) });
}
