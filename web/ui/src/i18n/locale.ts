/** The two languages, equal in every screen. */
export const LOCALES = ["ko", "en"] as const;
export type Locale = (typeof LOCALES)[number];

const STORED = "naru.locale";

export function isLocale(value: unknown): value is Locale {
  return value === "ko" || value === "en";
}

/** The first of the wanted languages (`ko-KR`, `en`, …) that we speak; English when there is none. */
export function pickLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLocale(language)) return language;
  }
  return "en";
}

/** What this person chose here before, else what the browser asks for. */
export function startingLocale(): Locale {
  const stored = readStored();
  return isLocale(stored) ? stored : pickLocale(navigator.languages);
}

export function storeLocale(locale: Locale): void {
  try {
    localStorage.setItem(STORED, locale);
  } catch {
    // A browser without storage still changes the language of this page.
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
