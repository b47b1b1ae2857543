/**
 * A language somebody chose that their account doesn't know yet: at the log-in, or in the APM, whose links bring it along. Kept for
 * this tab until the account has it.
 */
import type { QueryClient } from "@tanstack/react-query";
import { answer, type Console } from "@naru/api";
import { followAccount, isLocale, type Locale } from "@naru/ui";
import type { i18n } from "i18next";
import { client, sessionQuery } from "./api";

const CHOSEN = "naru.locale.chosen";

export function chooseLocale(locale: Locale): void {
  try {
    sessionStorage.setItem(CHOSEN, locale);
  } catch {
    // A browser without storage still changes the language of this page.
  }
}

/** Takes `?locale=` out of the address and speaks it from now on. */
export function chooseFromAddress(i18n: i18n): void {
  const url = new URL(window.location.href);
  const locale = url.searchParams.get("locale");
  if (locale === null) return;
  url.searchParams.delete("locale");
  window.history.replaceState(window.history.state, "", url);
  if (!isLocale(locale)) return;
  chooseLocale(locale);
  void i18n.changeLanguage(locale);
}

/** Keeps a language with the account, for mails, the APM and other browsers. The screen doesn't wait for it. */
export async function saveLocale(queries: QueryClient, locale: Locale): Promise<void> {
  chooseLocale(locale);
  try {
    const session = await answer(client.PATCH("/me", { body: { locale } }));
    queries.setQueryData(sessionQuery.queryKey, session);
    if (chosenLocale() === locale) forgetChosen();
  } catch {
    // Still chosen: it is sent again with the next page.
  }
}

/** What was chosen here goes to the account; without that the account's language comes here. */
export function agreeOnLocale(i18n: i18n, queries: QueryClient, { user }: Console.Session): void {
  const chosen = chosenLocale();
  if (chosen !== null && chosen !== user.locale) {
    void saveLocale(queries, chosen);
    return;
  }
  forgetChosen();
  followAccount(i18n, user.locale);
}

function chosenLocale(): Locale | null {
  try {
    const chosen = sessionStorage.getItem(CHOSEN);
    return isLocale(chosen) ? chosen : null;
  } catch {
    return null;
  }
}

function forgetChosen(): void {
  try {
    sessionStorage.removeItem(CHOSEN);
  } catch {
    // Nothing was kept.
  }
}
