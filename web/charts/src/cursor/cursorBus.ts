/** Charts with one sync key share one cursor: the moment under the pointer, unix ms, or null when it left. */
export type CursorListener = (atMs: number | null, source: object) => void;

const groups = new Map<string, Set<CursorListener>>();

/** Hears every move of the group's cursor, its own too; `source` tells them apart. */
export function followCursor(key: string, listener: CursorListener): () => void {
  const group = groups.get(key) ?? new Set();
  groups.set(key, group);
  group.add(listener);
  return () => {
    group.delete(listener);
    if (group.size === 0) groups.delete(key);
  };
}

export function moveCursor(key: string, atMs: number | null, source: object): void {
  for (const listener of groups.get(key) ?? []) listener(atMs, source);
}
