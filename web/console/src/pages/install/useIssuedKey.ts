import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { answer } from "@naru/api";
import { useEffect, useRef } from "react";
import { client, licenseKeysQuery } from "../../api";

/** `known` are hints of keys that exist but can't be read again. */
export interface IssuedKey {
  key: string | null;
  known: string[];
  /** The project never had a key: its first one is issued here. */
  isFirst: boolean;
}

const queryKeyOf = (projectId: string) => ["issued-key", projectId];

async function issue(projectId: string): Promise<string> {
  const issued = await answer(
    client.POST("/projects/{id}/license-keys", { params: { path: { id: projectId } }, body: {} }),
  );
  return issued.key;
}

/** What is there; the text of an older key is gone for good. */
async function look(projectId: string): Promise<IssuedKey> {
  const keys = (
    await answer(client.GET("/projects/{id}/license-keys", { params: { path: { id: projectId } } }))
  ).license_keys;
  const known = keys.filter((key) => key.revoked_at === null).map((key) => key.hint);
  return { key: null, known, isFirst: keys.length === 0 };
}

/**
 * Issues the project's first key, unless there is one by now: another tab was faster, or an attempt arrived whose answer was lost.
 * One tab at a time looks and issues.
 */
function issueFirst(projectId: string): Promise<IssuedKey> {
  return oneTabAtATime(`naru first key of ${projectId}`, async () => {
    const found = await look(projectId);
    return found.isFirst ? { key: await issue(projectId), known: [], isFirst: false } : found;
  });
}

/** Browsers have locks on safe origins only (https, localhost); elsewhere there is nothing to agree with. */
async function oneTabAtATime(name: string, work: () => Promise<IssuedKey>): Promise<IssuedKey> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? await locks.request(name, work) : await work();
}

/** The license key this page may show, held only while the page is open (see `forgetKey`). */
export function useIssuedKey(projectId: string) {
  const queries = useQueryClient();
  const queryKey = queryKeyOf(projectId);
  const query = useQuery({
    queryKey,
    queryFn: () => look(projectId),
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
  });
  function keep(issued: IssuedKey) {
    // Whoever left the page meanwhile finds a hint of the key, never the key.
    if (queries.getQueryState(queryKey)) queries.setQueryData<IssuedKey>(queryKey, issued);
    return queries.invalidateQueries({ queryKey: licenseKeysQuery(projectId).queryKey });
  }
  const first = useMutation({ mutationFn: () => issueFirst(projectId), onSuccess: keep });
  const renew = useMutation({
    mutationFn: () => issue(projectId),
    onSuccess: (key) => keep({ key, known: query.data?.known ?? [], isFirst: false }),
  });
  // A key is made once per visit; after a failure only when the reader asks again.
  const started = useRef<string | null>(null);
  const isFirst = query.data?.isFirst === true;
  const { mutate } = first;
  useEffect(() => {
    if (!isFirst || started.current === projectId) return;
    started.current = projectId;
    mutate();
  }, [isFirst, projectId, mutate]);
  return { query, first, renew };
}

/** Called when the page is left. */
export function forgetKey(queries: QueryClient, projectId: string): void {
  queries.removeQueries({ queryKey: queryKeyOf(projectId) });
}
