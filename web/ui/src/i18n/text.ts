/** A page's words: nested objects of strings, with `{{name}}` for what is filled in. */
export interface TextTree {
  readonly [key: string]: string | TextTree;
}

/** The same keys with other words; a missing or extra key does not compile. */
export type SameKeys<T> = { readonly [K in keyof T]: T[K] extends string ? string : SameKeys<T[K]> };

export interface PageText<En extends TextTree> {
  readonly en: En;
  readonly ko: SameKeys<En>;
}

/** Both languages of one page, side by side. */
export function defineText<const En extends TextTree>(en: En, ko: SameKeys<En>): PageText<En> {
  return { en, ko };
}
