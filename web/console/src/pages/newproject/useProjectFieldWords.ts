import { ApiError } from "@naru/api";
import { useTranslation } from "react-i18next";

const KNOWN = ["required", "taken", "too_long", "invalid"] as const;

/** The sentence beside a field of the form, from the server's refusal. */
export function useProjectFieldWords(error: unknown): (field: string) => string | undefined {
  const { t } = useTranslation("newProject");
  return (name) => {
    const refused = error instanceof ApiError ? error.field(name) : undefined;
    if (!refused) return undefined;
    const code = KNOWN.find((known) => known === refused.code);
    return code ? t(`field.${code}`) : refused.message;
  };
}
