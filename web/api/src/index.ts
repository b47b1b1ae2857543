/** Typed access to the public API of both hosts. `Console.*` and `Apm.*` are the shapes of their answers. */
export { answer, createApmClient, createConsoleClient, type ApmClient, type ConsoleClient } from "./client";
export { ApiError, parseProblem, problemOf, UNREACHABLE, type FieldProblem, type Problem } from "./problem";
export { parseOnboardingEvent, type OnboardingEvent } from "./onboarding";
export type * as Console from "./console";
export type * as Apm from "./apm";
