import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { ApiError } from "@naru/api";
import { expect, test } from "vitest";
import { connectionOf, failedOf } from "./connection";

test.each([
  [{ online: true, stream: "open", failed: null }, "live"],
  [{ online: true, stream: null, failed: null }, "live"],
  [{ online: true, stream: "connecting", failed: null }, "connecting"],
  [{ online: true, stream: "retrying", failed: null }, "reconnecting"],
  [{ online: true, stream: "open", failed: 0 }, "reconnecting"],
  [{ online: true, stream: "retrying", failed: 503 }, "unavailable"],
  [{ online: false, stream: "open", failed: 503 }, "offline"],
] as const)("%j is %s", (signs, connection) => {
  expect(connectionOf(signs)).toBe(connection);
});

test("an outage is over with the next answer, and a refusal is none", async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  let answer: () => Promise<string> = () => Promise.reject(new ApiError({ title: "away", status: 503, code: "unavailable" }));
  const observer = new QueryObserver(queries, { queryKey: ["x"], queryFn: () => answer() });
  const stop = observer.subscribe(() => {});
  await observer.refetch();
  const away = failedOf(queries);
  answer = () => Promise.reject(new ApiError({ title: "no", status: 404, code: "not_found" }));
  await observer.refetch();
  const refused = failedOf(queries);
  answer = () => Promise.resolve("here");
  await observer.refetch();
  stop();
  expect([away, refused, failedOf(queries)]).toEqual([503, null, null]);
});
