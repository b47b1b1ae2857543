import i18next, { type i18n, type Resource } from "i18next";
import { initReactI18next } from "react-i18next";
import { withParticle, type ParticlePair } from "../format/particle";
import { formatNumber } from "../format/number";
import { uiText } from "../text";
import { isLocale, startingLocale, storeLocale, type Locale } from "./locale";
import type { PageText, TextTree } from "./text";

/**
 * An i18next instance over the pages' texts plus this package's own (`ui`).
 *
 * Besides plain `{{name}}`, texts can say `{{name, particle(pair: 을/를)}}` (Korean: the name with the right particle) and
 * `{{count, number}}` (grouped by locale).
 */
export function createI18n(pages: Record<string, PageText<TextTree>>, locale: Locale = startingLocale()): i18n {
  const instance = i18next.createInstance();
  instance.use(initReactI18next);
  void instance.init({
    lng: locale,
    fallbackLng: "en",
    initAsync: false,
    resources: resourcesOf({ ...pages, ui: uiText }),
    interpolation: { escapeValue: false }, // React escapes.
  });
  instance.services.formatter?.add("particle", (value: unknown, _lng, options: { pair?: string }) =>
    withParticle(String(value), (options.pair ?? "을/를") as ParticlePair),
  );
  instance.services.formatter?.add("number", (value: unknown, lng) => formatNumber(Number(value), localeOf(lng)));
  markDocument(locale);
  instance.on("languageChanged", (next) => {
    storeLocale(localeOf(next));
    markDocument(localeOf(next));
  });
  return instance;
}

export function localeOf(language: string | undefined): Locale {
  return isLocale(language) ? language : "en";
}

function markDocument(locale: Locale): void {
  document.documentElement.lang = locale;
}

function resourcesOf(pages: Record<string, PageText<TextTree>>): Resource {
  const entries = Object.entries(pages);
  return {
    en: Object.fromEntries(entries.map(([name, text]) => [name, text.en])),
    ko: Object.fromEntries(entries.map(([name, text]) => [name, text.ko])),
  };
}
