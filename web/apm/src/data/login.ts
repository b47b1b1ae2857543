import { ApiError } from "@naru/api";

/** Without a session the tenant's host says where to log in; the way back is kept. */
export function loginUrlOf(error: unknown, here: string): string | null {
  if (!(error instanceof ApiError) || error.problem.status !== 401) return null;
  const login = error.problem.login_url ?? "/auth/start";
  // Only a path of this very host: an answer must not be able to send people elsewhere.
  const path = /^\/(?![/\\])/.test(login) ? login : "/auth/start";
  return `${path}${path.includes("?") ? "&" : "?"}return=${encodeURIComponent(here)}`;
}

export function leaveForLogin(error: unknown): void {
  const url = loginUrlOf(error, window.location.pathname + window.location.search);
  if (url !== null) window.location.assign(url);
}
