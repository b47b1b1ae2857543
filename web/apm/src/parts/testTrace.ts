import type { Apm } from "@naru/api";

/** The applications a test trace of the console comes from; lists carry no attributes to tell it by. */
const TEST_APPLICATIONS: ReadonlySet<string> = new Set(["naru-test-shop", "naru-test-stock"]);
/** The label on a test trace's resource. */
const TEST_ATTRIBUTE = "naru.test_trace";

export function isTestApplication(name: string): boolean {
  return TEST_APPLICATIONS.has(name);
}

export function isTestSpan({ resource }: Pick<Apm.Span, "resource">): boolean {
  return resource[TEST_ATTRIBUTE] === true;
}
