import { useTranslation } from "react-i18next";
import type { FieldErrors, SignupField } from "./fields";
import { signupText } from "./text";

type Key = keyof typeof signupText.en.field;
const KEYS = Object.keys(signupText.en.field) as Key[];

/** The words for a refusal: of this field and code, else of the code alone, else none. */
export function fieldKey(field: SignupField, code: string): Key | undefined {
  return KEYS.find((key) => key === `${field}_${code}`) ?? KEYS.find((key) => key === code);
}

/** The sentence beside a field, or nothing. Codes without words of ours show the server's sentence. */
export function useFieldWords(errors: FieldErrors): (field: SignupField) => string | undefined {
  const { t } = useTranslation("signup");
  return (field) => {
    const error = errors[field];
    if (!error) return undefined;
    const key = fieldKey(field, error.code);
    return key ? t(`field.${key}`) : error.message || t("field.required");
  };
}
