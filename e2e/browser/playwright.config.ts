import { defineConfig } from "@playwright/test";

/** Debian's Chromium: nothing is downloaded. `*.localhost` resolves to loopback inside the browser. */
export default defineConfig({
  testDir: ".",
  timeout: 240_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [["line"]],
  outputDir: "test-results",
  use: {
    locale: "en-US",
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["NARU_CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    },
  },
});
