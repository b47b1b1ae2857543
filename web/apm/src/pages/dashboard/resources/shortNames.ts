import type { Named } from "./fold";

/** A shorter beginning isn't worth leaving out. */
const SHARED_MIN = 6;
const SEPARATOR = /[-._:/@]/;

/** Instances of one application mostly begin alike (`checkout-7d9f-bq8zt`): what all share is left out (`…bq8zt`). */
export function shortNames(lines: readonly Named[]): Named[] {
  const shared = lines.length < 2 ? 0 : sharedLength(lines.map(({ label }) => label));
  if (shared < SHARED_MIN) return [...lines];
  return lines.map((line) => ({ ...line, label: `…${line.label.slice(shared)}`, title: line.label }));
}

/** How long the beginning is that all share, up to a separator. */
function sharedLength(names: readonly string[]): number {
  const [first = "", ...others] = names;
  let shared = 0;
  for (let at = 0; at < first.length && others.every((name) => name[at] === first[at]); at += 1) {
    if (SEPARATOR.test(first[at] ?? "")) shared = at + 1;
  }
  return shared;
}
