import { expect, test } from "vitest";
import { maskKey, segmentsOf, unmask } from "./secret";

const key = "nlk_ap-ne2_XqT5w0ZbR8mKc2YvN4hJ6sLdF1gAe97P3uo07Qd2";
const code = `# settings\nexport OTEL_EXPORTER_OTLP_HEADERS=x-naru-license=${key}\necho done`;

test("what is shown never holds the key and says which it is", () => {
  const shown = segmentsOf(code, key).map((segment) => segment.text).join("");
  expect(shown).not.toContain(key);
  expect(shown).toBe(code.replace(key, maskKey(key)));
  expect(maskKey(key)).toBe("nlk_ap-ne2_Xq…7Qd2");
});

test("what is selected by hand is copied with the key", () => {
  expect(unmask(`x-naru-license=${maskKey(key)}`, key)).toBe(`x-naru-license=${key}`);
});

test("names and comments are set apart", () => {
  const kinds = segmentsOf(code, key).filter((segment) => segment.kind !== "plain");
  expect(kinds.map((segment) => segment.kind)).toEqual(["comment", "name", "secret"]);
});

test("a placeholder is shown as it is", () => {
  expect(segmentsOf("a=YOUR_LICENSE_KEY", null)).toEqual([{ kind: "plain", text: "a=YOUR_LICENSE_KEY" }]);
});
