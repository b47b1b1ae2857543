import type { i18n } from "i18next";
import { isLocale, type Locale } from "./locale";

const FOLLOWED = "naru.locale.account";

/**
 * Takes over the account's language when it is news to this browser, which is how a choice made in the other app gets here. A
 * language the account already had last time changes nothing: then a choice made here since is the newer one.
 */
export function followAccount(i18n: i18n, locale: string): void {
  if (!isLocale(locale) || readFollowed() === locale) return;
  accountHas(locale);
  if (i18n.language !== locale) void i18n.changeLanguage(locale);
}

/** The account has this language, or is just being told. Another one found there later is news. */
export function accountHas(locale: Locale): void {
  try {
    localStorage.setItem(FOLLOWED, locale);
  } catch {
    // A browser without storage follows the account at every start.
  }
}

function readFollowed(): string | null {
  try {
    return localStorage.getItem(FOLLOWED);
  } catch {
    return null;
  }
}
