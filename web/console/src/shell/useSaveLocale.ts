import { useQueryClient } from "@tanstack/react-query";
import type { Locale } from "@naru/ui";
import { saveLocale } from "../chosenLocale";

/** Keeps a changed language with the account. */
export function useSaveLocale(): (locale: Locale) => void {
  const queries = useQueryClient();
  return (locale) => void saveLocale(queries, locale);
}
