import type { Apm } from "@naru/api";
import { useTranslation } from "react-i18next";

/** The T that decided. Several applications may each have their own: then there is none to name. */
export function useApdexNote(apdex: Apm.Apdex | null | undefined): string | undefined {
  const { t } = useTranslation("dashboard");
  if (!apdex) return undefined;
  return apdex.t_ms === null ? t("apdexOwn") : t("apdexNote", { t: apdex.t_ms });
}
