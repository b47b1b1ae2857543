import "../testing/answers";
import { openPage } from "../testing/page";
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([
  ["5m", "en", "Live · 5 min"],
  ["15m", "ko", "실시간 · 15분"],
  ["1h", "en", "Last 1 hour"],
  ["30d", "ko", "최근 30일"],
] as const)("of %s in %s the pill says %j: only what is pushed is live", async (range, locale, words) => {
  const { unmount } = openPage(`/p/prj_1/metrics?range=${range}`, {}, locale);
  const pill = await screen.findByTestId("range-picker");
  await waitFor(() => expect(pill.textContent).toContain(words));
  expect(pill.querySelector("[data-status]") !== null).toBe(words.includes("·"));
  unmount();
});
