import { render } from "@testing-library/react";
import { createI18n, NaruProvider, type Locale } from "@naru/ui";
import { expect, test } from "vitest";
import { pages } from "../text";
import { ShownName, type Named } from "./ShownName";

function shown(name: string, of: Named, locale: Locale) {
  const { container } = render(
    <NaruProvider i18n={createI18n(pages, locale)} baseFontPx={13} defaultColorScheme="dark">
      <p>
        <ShownName name={name} of={of} />
      </p>
    </NaruProvider>,
  );
  const line = container.querySelector("p");
  return { text: line?.textContent, why: line?.querySelector("span")?.title };
}

test.each([
  ["application", "en", "Others (beyond the limit)", "500"],
  ["operation", "en", "Others (beyond the limit)", "2,000"],
  ["instance", "ko", "그 외 (한도 초과)", "2,000"],
] as const)("an %s beyond the limit says so (%s), and why", (of, locale, text, max) => {
  const others = shown("__other__", of, locale);
  expect(others.text).toBe(text);
  expect(others.why).toContain(max);
});

test("what to do is said: routes, not paths", () => {
  expect(shown("__other__", "operation", "en").why).toContain("GET /orders/{id}");
});

test("an ordinary name is itself", () => {
  expect(shown("GET /orders/{id}", "operation", "en")).toEqual({ text: "GET /orders/{id}", why: undefined });
});
