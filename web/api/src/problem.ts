/** One refused field of a request. `code` is stable and can be translated; `message` is the server's sentence. */
export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** `application/problem+json` as both hosts answer it. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  errors?: FieldProblem[];
  /** Where a person without a session goes; only on 401 from a tenant's host. */
  login_url?: string;
}

/** A request that did not succeed: what the server said, or `code: "unreachable"` and status 0 when it said nothing. */
export class ApiError extends Error {
  readonly problem: Problem;
  /** Seconds of `Retry-After`, when the server named them. */
  readonly retryAfterS: number | undefined;

  constructor(problem: Problem, retryAfterS?: number) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
    this.retryAfterS = retryAfterS;
  }

  /** The refusal of one field, if the server named it. */
  field(name: string): FieldProblem | undefined {
    return this.problem.errors?.find((error) => error.field === name);
  }
}

/** What a page shows when there is no answer at all. */
export const UNREACHABLE: Problem = { title: "unreachable", status: 0, code: "unreachable" };

/** Any thrown value as a `Problem`, so that one component can show it. */
export function problemOf(error: unknown): Problem {
  return error instanceof ApiError ? error.problem : UNREACHABLE;
}

/** Reads an error body. Proxies answer HTML or nothing; those become a problem by their status. */
export function parseProblem(body: unknown, status: number): Problem {
  if (typeof body === "object" && body !== null && "code" in body && "title" in body) {
    return { ...(body as Problem), status };
  }
  return { title: `HTTP ${status}`, status, code: status === 503 ? "unavailable" : `http_${status}` };
}
