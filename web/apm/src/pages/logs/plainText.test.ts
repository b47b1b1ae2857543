import { expect, test } from "vitest";
import { plainText } from "./plainText";

test.each([
  ["colours", "\u001b[32mINFO\u001b[0m:  \u001b[1;38;2;10;20;30mready\u001b[39;49m", "INFO:  ready"],
  ["the cursor", "\u001b[2K\u001b[1Gdone\u001b[?25h", "done"],
  ["a link and a title", "\u001b]0;shop\u0007see \u001b]8;;http://a.example\u001b\\here\u001b]8;;\u001b\\", "see here"],
  ["one-character forms", "\u009b31mred\u009b0m \u009d0;title\u009c!", "red !"],
  ["a character set", "\u001b(Bplain\u001bM", "plain"],
  ["an unfinished title only by its beginning", "\u001b]0;text goes on", "0;text goes on"],
  ["nothing of other text", "[32m 값 a[0] \t\n", "[32m 값 a[0] \t\n"],
])("of what a terminal would obey it takes away %s", (_what, sent, shown) => {
  expect(plainText(sent)).toBe(shown);
});
