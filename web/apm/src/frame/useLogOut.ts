import { useMutation } from "@tanstack/react-query";
import { ApiError, parseProblem, UNREACHABLE } from "@naru/api";

/** Ends the session on this host and goes to the console. */
export function useLogOut(consoleUrl: string) {
  return useMutation({ mutationFn: logOut, onSuccess: () => window.location.assign(consoleUrl) });
}

/** Fails unless the session is over: who believes to be logged out walks away from the screen. */
async function logOut(): Promise<void> {
  const response = await fetch("/auth/logout", { method: "POST", credentials: "same-origin" }).catch(() => {
    throw new ApiError(UNREACHABLE);
  });
  if (!response.ok) throw new ApiError(parseProblem(await response.json().catch(() => null), response.status));
}
