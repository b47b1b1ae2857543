import { expect, test } from "vitest";
import { isServerPath, safeNext } from "./safeNext";

test.each(["/projects/prj_1/install?guide=go", "/auth/hand-over?host=acme.apm.local.localhost%3A8080&return=%2F"])(
  "%s is followed",
  (next) => expect(safeNext(next)).toBe(next),
);

test.each(["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "projects", "", undefined, 7])(
  "%s is not followed",
  (next) => expect(safeNext(next)).toBeNull(),
);

test("hand-over paths go to the server, pages to the router", () => {
  expect(["/auth/hand-over?x", "/projects"].map(isServerPath)).toEqual([true, false]);
});
