/**
 * Where to go after logging in. Only paths of this host are followed, so that a link in a mail can't send a person with a
 * fresh session somewhere else. `null` = the start page.
 */
export function safeNext(next: unknown): string | null {
  if (typeof next !== "string" || !next.startsWith("/")) return null;
  // "//host" and "/\host" are other hosts to a browser; control characters hide them.
  if (/^\/[/\\]/.test(next) || /[\u0000-\u001f\\]/.test(next)) return null;
  return next;
}

/** Paths the server answers itself; the router doesn't know them. */
export function isServerPath(path: string): boolean {
  return path.startsWith("/auth/") || path.startsWith("/api/");
}
