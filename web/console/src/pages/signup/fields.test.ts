import { ApiError } from "@naru/api";
import { expect, test } from "vitest";
import { checkStep, errorsOf, stepOf, suggestTenant, tenantHost, type SignupForm } from "./fields";
import { fieldKey } from "./useFieldWords";

const form: SignupForm = { email: "minji.kim@b.co", password: "ten letters", name: "A", company: "B", tenant: "bee", region: "local" };

test("a step says everything that is wrong with it at once", () => {
  const errors = checkStep({ ...form, email: "a@b", password: "short", name: " " }, "account");
  expect(Object.entries(errors).map(([field, error]) => [field, error.code])).toEqual([
    ["name", "required"],
    ["email", "invalid"],
    ["password", "too_short"],
  ]);
});

test("step one refuses the passwords the server would refuse after step two", () => {
  const code = (password: string) => checkStep({ ...form, password }, "account").password?.code;
  const common = ["password123!", "P@ssw0rd2024", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", "abcdefghij", "passwordpassword", "1q2w3e4r5t"];
  expect(common.map(code)).toEqual(common.map(() => "common"));
  expect(["ninechars", "x".repeat(257), "Minji.Kim@b.co", "correct horse battery", "한글비밀번호도열글자넘게"].map(code)).toEqual([
    "too_short",
    "too_long",
    "same_as_email",
    undefined,
    undefined,
  ]);
});

test("a complete step has nothing wrong", () => {
  expect([checkStep(form, "account"), checkStep(form, "company")]).toEqual([{}, {}]);
});

test("a refused field brings its step back", () => {
  const refusal = (field: string) =>
    errorsOf(new ApiError({ title: "x", status: 422, code: "invalid", errors: [{ field, code: "taken", message: "m" }] }));
  expect(["email", "tenant", "elsewhere"].map((field) => stepOf(refusal(field)))).toEqual(["account", "company", null]);
});

test("words are chosen by field and code, then by code, else the server speaks", () => {
  expect(fieldKey("tenant", "reserved")).toBe("tenant_reserved");
  expect(fieldKey("company", "too_long")).toBe("too_long");
  expect(fieldKey("region", "closed")).toBeUndefined();
});

test("a company's name suggests a subdomain a host name can hold", () => {
  const names = ["Globex Shop", "Café & Co.", "주식회사 나루", "㈜한빛 소프트", "㈜"];
  expect(names.map(suggestTenant)).toEqual(["globex-shop", "cafe-co", "naru", "hanbit-sopeuteu", ""]);
});

test("the address shown is the tenant's own host beside this console", () => {
  expect(tenantHost("console.naru.example:8080", "acme", "ap-ne2")).toBe("acme.apm.ap-ne2.naru.example:8080");
});
