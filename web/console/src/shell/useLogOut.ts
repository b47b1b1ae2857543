import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { answer, ApiError } from "@naru/api";
import { client } from "../api";

/** Ends the session, forgets what it showed, and goes to the log-in. */
export function useLogOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: logOut,
    onSuccess: async () => {
      queries.clear();
      await navigate({ to: "/login" });
    },
  });
}

/** Fails unless the session is over: who believes to be logged out walks away from the screen. */
async function logOut(): Promise<void> {
  try {
    await answer(client.DELETE("/sessions/current"));
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.status !== 401) throw error;
  }
}
