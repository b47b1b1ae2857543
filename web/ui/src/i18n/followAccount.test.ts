import { expect, test } from "vitest";
import { createI18n } from "./createI18n";
import { accountHas, followAccount } from "./followAccount";

test("the account's language is taken over once; a later choice here stays until the account's changes", async () => {
  const i18n = createI18n({}, "en");
  const after = (locale: string) => {
    followAccount(i18n, locale);
    return i18n.language;
  };
  expect(after("ko")).toBe("ko");
  await i18n.changeLanguage("en");
  expect(after("ko")).toBe("en");
  expect(after("en")).toBe("en");
  expect(after("ko")).toBe("ko");
});

test("a choice the account was told of is followed by whatever is chosen there next", async () => {
  const i18n = createI18n({}, "en");
  followAccount(i18n, "en");
  await i18n.changeLanguage("ko");
  accountHas("ko");
  followAccount(i18n, "en");
  expect(i18n.language).toBe("en");
});

test("a language we don't speak changes nothing", () => {
  const i18n = createI18n({}, "ko");
  followAccount(i18n, "fr");
  expect([i18n.language, localStorage.getItem("naru.locale.account")]).toEqual(["ko", null]);
});
