import { QueryClient } from "@tanstack/react-query";
import type { Console } from "@naru/api";
import { createI18n } from "@naru/ui";
import { afterEach, expect, test, vi } from "vitest";
import { client, sessionQuery } from "./api";
import { agreeOnLocale, chooseFromAddress, chooseLocale } from "./chosenLocale";

const session = (locale: string) => ({ user: { name: "Dana", locale } }) as Console.Session;

/** The account answers with what it is told, or not at all. */
function serverThat(answers: boolean) {
  const told: unknown[] = [];
  vi.spyOn(client, "PATCH").mockImplementation(((_path: string, { body: { locale } }: { body: { locale: string } }) => {
    told.push(locale);
    return Promise.resolve(answers ? { data: session(locale), response: new Response() } : { response: new Response("", { status: 503 }) });
  }) as unknown as typeof client.PATCH);
  return told;
}

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
  window.history.replaceState(null, "", "/");
});

test("a language from the APM is spoken, leaves the address, and goes to the account once", async () => {
  const [told, i18n, queries] = [serverThat(true), createI18n({}, "ko"), new QueryClient()];
  window.history.replaceState(null, "", "/projects/new?platform=go&locale=en#top");
  chooseFromAddress(i18n);
  expect([i18n.language, window.location.href.endsWith("/projects/new?platform=go#top")]).toEqual(["en", true]);
  agreeOnLocale(i18n, queries, session("ko"));
  await vi.waitFor(() => expect(queries.getQueryData(sessionQuery.queryKey)).toEqual(session("en")));
  agreeOnLocale(i18n, queries, session("en"));
  expect([told, i18n.language]).toEqual([["en"], "en"]);
});

test("an account that can't be told now is told again, and the choice stays", async () => {
  const [told, i18n, queries] = [serverThat(false), createI18n({}, "en"), new QueryClient()];
  chooseLocale("en");
  agreeOnLocale(i18n, queries, session("ko"));
  await vi.waitFor(() => expect(told).toEqual(["en"]));
  agreeOnLocale(i18n, queries, session("ko"));
  await vi.waitFor(() => expect(told).toEqual(["en", "en"]));
  expect(i18n.language).toBe("en");
});

test("without a choice the account's language comes here", () => {
  const [told, i18n] = [serverThat(true), createI18n({}, "en")];
  agreeOnLocale(i18n, new QueryClient(), session("ko"));
  expect([told, i18n.language]).toEqual([[], "ko"]);
});

test("an address with another language only loses it", () => {
  const i18n = createI18n({}, "ko");
  window.history.replaceState(null, "", "/?locale=fr");
  chooseFromAddress(i18n);
  expect([i18n.language, window.location.search]).toEqual(["ko", ""]);
});
