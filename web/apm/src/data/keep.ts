import { hashKey, type QueryKey } from "@tanstack/react-query";

interface Asked {
  queryKey: QueryKey;
}

/**
 * What stands on screen until the answer to `key` is here: the one before, as long as it tells of the same project, application and
 * instance. Figures of somebody else never stand under a new name; then the page says that it loads.
 *
 * Keys of questions end with what may move meanwhile: the stretch of time, and how a list is cut.
 */
export function keepSame(key: QueryKey) {
  const whose = whoseOf(key);
  return <Data>(data: Data | undefined, before: Asked | undefined): Data | undefined => (before && whoseOf(before.queryKey) === whose ? data : undefined);
}

function whoseOf(key: QueryKey): string {
  return hashKey(key.slice(0, -1));
}
