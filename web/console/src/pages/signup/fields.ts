import type { ApiError } from "@naru/api";

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
    if (!errors.password && form.password.length < PASSWORD_LEN_MIN) {
      errors.password = { code: "too_short", message: "" };
    }
  }
  return errors;
}

/** The fields a refusal names. */
export function errorsOf(error: ApiError): FieldErrors {
  const errors: FieldErrors = {};
  for (const { field, code, message } of error.problem.errors ?? []) {
    if (isField(field) && !errors[field]) errors[field] = { code, message };
  }
  return errors;
}

/** The step that must be shown so that the first refused field is seen. */
export function stepOf(errors: FieldErrors): SignupStep | null {
  if (STEP_FIELDS.account.some((field) => errors[field])) return "account";
  return STEP_FIELDS.company.some((field) => errors[field]) ? "company" : null;
}

function isField(name: string): name is SignupField {
  return STEP_FIELDS.account.includes(name as SignupField) || STEP_FIELDS.company.includes(name as SignupField);
}

/** A subdomain made of a company's name; empty when nothing of it can stand in a host name. */
export function suggestTenant(company: string): string {
  return company
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
}

/** `console.naru.example:8080` and `acme` in `ap-ne2` → `acme.apm.ap-ne2.naru.example:8080`. */
export function tenantHost(consoleHost: string, tenant: string, region: string): string {
  return `${tenant}.apm.${region}.${consoleHost.replace(/^console\./, "")}`;
}
