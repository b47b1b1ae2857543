import type { Console } from "@naru/api";

/** What the stopwatch counts from. */
export interface Start {
  from: "signup" | "project";
  atMs: number;
}

/** A first project made within this time of sign-up is still part of signing up. */
const SIGNUP_RUN_MS = 60 * 60_000;

/** Counts from sign-up for the project made on the way, else from the project's creation. */
export function startOf(tenant: { created_at: string }, project: Pick<Console.Project, "created_at">): Start {
  const signupMs = Date.parse(tenant.created_at);
  const projectMs = Date.parse(project.created_at);
  const sameRun = projectMs - signupMs >= 0 && projectMs - signupMs <= SIGNUP_RUN_MS;
  return sameRun ? { from: "signup", atMs: signupMs } : { from: "project", atMs: projectMs };
}
