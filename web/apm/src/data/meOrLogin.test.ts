import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@naru/api";
import { expect, test, vi } from "vitest";
import { meOrLogin } from "./meOrLogin";

function refusing(status: number) {
  const queries = new QueryClient();
  vi.spyOn(queries, "ensureQueryData").mockImplementation(() => Promise.reject(new ApiError({ title: "no", status, code: "x" })));
  return queries;
}

test("without a session nothing fails: the browser is leaving", async () => {
  const settled = vi.fn();
  void meOrLogin(refusing(401)).then(settled, settled);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(settled).not.toHaveBeenCalled();
});

test("another refusal is an error of the page", async () => {
  await expect(meOrLogin(refusing(503))).rejects.toBeInstanceOf(ApiError);
});
