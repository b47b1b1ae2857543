import { useQueryClient } from "@tanstack/react-query";
import type { Apm } from "@naru/api";
import { accountHas, localeOf, type Locale } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { meQuery } from "./queries";

/** A link into the console, spread over an `a`. */
export interface ConsoleLink {
  href: string;
  onClick: () => void;
}

type Where = Pick<Apm.Me, "console_url" | "user">;

/**
 * An address in the console. A language chosen here that the account doesn't know yet goes along: this host can't change an
 * account, the console can.
 */
export function consoleUrl({ console_url, user }: Where, locale: Locale, path = "/"): string {
  return `${console_url}${path}${isNews(user, locale) ? `?locale=${locale}` : ""}`;
}

function isNews(user: Where["user"], locale: Locale): boolean {
  return user !== null && user.locale !== locale;
}

/** Links into the console, from what is known so far of who looks. */
export function useConsoleLink(me: Apm.Me | undefined): (path?: string) => ConsoleLink {
  const { i18n } = useTranslation();
  const queries = useQueryClient();
  const locale = localeOf(i18n.language);
  return (path = "/") => ({
    href: me ? consoleUrl(me, locale, path) : path,
    onClick: () => {
      if (!me?.user || !isNews(me.user, locale)) return;
      // The console is about to tell the account; what this page knows of it must not turn the language back.
      accountHas(locale);
      queries.setQueryData(meQuery.queryKey, { ...me, user: { ...me.user, locale } });
    },
  });
}
