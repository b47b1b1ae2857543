import { expect, test } from "vitest";
import { createI18n } from "./createI18n";
import { pickLocale } from "./locale";
import { defineText } from "./text";

const page = defineText(
  { remove: "Delete {{name}}", rows: "{{count, number}} rows" },
  { remove: "{{name, particle(pair: 을/를)}} 삭제", rows: "{{count, number}}행" },
);

test("Korean names get the right particle, English ones stay plain", () => {
  const ko = createI18n({ page }, "ko");
  const en = createI18n({ page }, "en");
  const say = (i18n: typeof ko, name: string) => i18n.getResource(i18n.language, "page", "remove") && i18n.t("remove" as never, { ns: "page", name } as never);
  expect([say(ko, "주문"), say(ko, "결제"), say(en, "orders")]).toEqual(["주문을 삭제", "결제를 삭제", "Delete orders"]);
});

test("counts are grouped", () => {
  expect(createI18n({ page }, "ko").t("rows" as never, { ns: "page", count: 12345 } as never)).toBe("12,345행");
});

test("a changed language is remembered and told to the document", async () => {
  const i18n = createI18n({ page }, "en");
  await i18n.changeLanguage("ko");
  expect([document.documentElement.lang, localStorage.getItem("naru.locale")]).toEqual(["ko", "ko"]);
});

test.each([
  [["ko-KR", "en"], "ko"],
  [["fr", "ko"], "ko"],
  [["fr-FR"], "en"],
  [["en-GB", "ko"], "en"],
] as const)("a browser asking for %s gets %s", (wanted, locale) => {
  expect(pickLocale(wanted)).toBe(locale);
});
