/**
 * The server in tests of pages: answers by route, and what was asked.
 *
 * Imported before anything that calls: openapi-fetch takes the fetch it finds when a client is made.
 */
export type Answers = Record<string, unknown>;

let answers: Answers = {};
let asked: URL[] = [];

globalThis.fetch = async (input) => {
  const url = new URL((input as Request).url);
  asked.push(url);
  const route = routeOf(url);
  const found = answers[route];
  const body = await (typeof found === "function" ? (found as (query: URLSearchParams) => unknown)(url.searchParams) : found);
  return body === undefined ? reply(404, { title: `nothing at ${route}`, status: 404, code: "not_found" }) : reply(200, body);
};

/** `dashboard` of `/api/v1/projects/prj_1/dashboard`; `me` of `/api/v1/me`. */
function routeOf({ pathname }: URL): string {
  return pathname.replace("/api/v1/", "").replace(/^projects\/[^/]+\//, "");
}

function reply(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** Answers by route from now on: a value, or a function of the question's parameters that may take its time. */
export function answerWith(next: Answers): void {
  answers = next;
  asked = [];
}

/** Questions to a route, in the order they came. */
export function askedFor(route: string): URLSearchParams[] {
  return asked.filter((url) => routeOf(url) === route).map(({ searchParams }) => searchParams);
}
