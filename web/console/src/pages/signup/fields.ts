import type { ApiError } from "@naru/api";
import { romanize } from "es-hangul";
import { isCommonPassword } from "./commonPassword";

/** What a person types while signing up; kept whole through every error. */
export interface SignupForm {
  email: string;
  password: string;
  name: string;
  company: string;
  tenant: string;
  region: string;
}

export type SignupField = keyof SignupForm;
export type SignupStep = "account" | "company";

export const STEP_FIELDS: Record<SignupStep, readonly SignupField[]> = {
  account: ["email", "password", "name"],
  company: ["company", "tenant", "region"],
};

/** One refused field: a code with words of our own where we have them, else the server's sentence. */
export interface FieldError {
  code: string;
  message: string;
}

export type FieldErrors = Partial<Record<SignupField, FieldError>>;

export const PASSWORD_LEN_MIN = 10;
/** In bytes of UTF-8, as the server counts. */
const PASSWORD_BYTES_MAX = 256;

/** What can be said without asking the server. */
export function checkStep(form: SignupForm, step: SignupStep): FieldErrors {
  const errors: FieldErrors = {};
  for (const field of STEP_FIELDS[step]) {
    if (form[field].trim() === "") errors[field] = { code: "required", message: "" };
  }
  if (step === "account") {
    if (!errors.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.email.trim())) {
      errors.email = { code: "invalid", message: "" };
    }
    const weakness = passwordProblem(form.password, form.email.trim());
    if (!errors.password && weakness !== null) errors.password = { code: weakness, message: "" };
  }
  return errors;
}

function passwordProblem(password: string, email: string): string | null {
  const folded = password.toLowerCase();
  const address = email.toLowerCase();
  if ([...password].length < PASSWORD_LEN_MIN) return "too_short";
  if (new TextEncoder().encode(password).length > PASSWORD_BYTES_MAX) return "too_long";
  if (folded === address || folded === address.split("@")[0]) return "same_as_email";
  return isCommonPassword(password) ? "common" : null;
}

/** The fields a refusal names. */
export function errorsOf(error: ApiError): FieldErrors {
  const errors: FieldErrors = {};
  for (const { field, code, message } of error.problem.errors ?? []) {
    if (isField(field) && !errors[field]) errors[field] = { code, message };
  }
  return errors;
}

/** The field to put the person into: the first refused one, in the order of the form. */
export function firstRefused(errors: FieldErrors): SignupField | null {
  return [...STEP_FIELDS.account, ...STEP_FIELDS.company].find((field) => errors[field]) ?? null;
}

/** The step that must be shown so that the first refused field is seen. */
export function stepOf(errors: FieldErrors): SignupStep | null {
  if (STEP_FIELDS.account.some((field) => errors[field])) return "account";
  return STEP_FIELDS.company.some((field) => errors[field]) ? "company" : null;
}

function isField(name: string): name is SignupField {
  return STEP_FIELDS.account.includes(name as SignupField) || STEP_FIELDS.company.includes(name as SignupField);
}

/** What a Korean company's name says of its legal form; `㈜` is `(주)` after NFKC. */
const LEGAL_FORM = /주식회사|유한회사|유한책임회사|\((주|유|사|재)\)/g;

/** A subdomain made of a company's name, Hangul in Latin letters; empty when nothing of it can stand in a host name. */
export function suggestTenant(company: string): string {
  return romanize(company.normalize("NFKC").replace(LEGAL_FORM, " "))
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-$/, "");
}

/** `console.naru.example:8080` and `acme` in `ap-ne2` → `acme.apm.ap-ne2.naru.example:8080`. */
export function tenantHost(consoleHost: string, tenant: string, region: string): string {
  return `${tenant}.apm.${region}.${consoleHost.replace(/^console\./, "")}`;
}
