import { useQueryClient } from "@tanstack/react-query";
import { answer } from "@naru/api";
import type { Locale } from "@naru/ui";
import { client, sessionQuery } from "../api";

/** Keeps a changed language with the account, too, for mails and other browsers. The screen doesn't wait for it. */
export function useSaveLocale(): (locale: Locale) => void {
  const queries = useQueryClient();
  return (locale) => {
    answer(client.PATCH("/me", { body: { locale } }))
      .then((session) => queries.setQueryData(sessionQuery.queryKey, session))
      .catch(() => {
        // This browser remembers the choice anyway.
      });
  };
}
