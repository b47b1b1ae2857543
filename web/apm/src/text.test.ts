import { expect, test } from "vitest";
import { pages } from "./text";

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  );
}

const names = (text: string) => [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]))].sort();

test.each(Object.entries(pages))("%s fills in the same values in both languages", (_name, page) => {
  const korean = new Map(flat(page.ko));
  for (const [key, english] of flat(page.en)) expect([key, names(korean.get(key) ?? "")]).toEqual([key, names(english)]);
});

test.each(Object.entries(pages))("%s has words for every key", (_name, page) => {
  const silent = (tree: Tree) => flat(tree).filter(([, text]) => text === "");
  expect([silent(page.en), silent(page.ko)]).toEqual([[], []]);
});
