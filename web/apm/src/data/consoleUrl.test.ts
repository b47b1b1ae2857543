import { expect, test } from "vitest";
import { consoleUrl } from "./consoleUrl";

const console_url = "http://console.naru.example";
const user = { name: "Dana", email: "dana@acme.example", locale: "ko" };
type Row = [who: typeof user | null, language: "ko" | "en", path: string, url: string];

test.each<Row>([
  [user, "ko", "/", `${console_url}/`],
  [user, "en", "/projects/new", `${console_url}/projects/new?locale=en`],
  [null, "en", "/", `${console_url}/`],
])("a language the account doesn't know goes along: %j, %s, %s", (who, language, path, url) => {
  expect(consoleUrl({ console_url, user: who }, language, path)).toBe(url);
});
