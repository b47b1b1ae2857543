import { expect, test } from "vitest";
import { isTestApplication, isTestSpan } from "./testTrace";

test("only what the console sent is called a test", () => {
  expect(["naru-test-shop", "naru-test-stock", "shop", "naru-test"].map(isTestApplication)).toEqual([true, true, false, false]);
  expect([true, "false", null].map((label) => isTestSpan({ resource: { "naru.test_trace": label } }))).toEqual([true, false, false]);
});
