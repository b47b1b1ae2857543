import { answerWith, type Answers } from "./answers";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { Apm } from "@naru/api";
import { createI18n, NaruProvider, type Locale } from "@naru/ui";
import { vi } from "vitest";
import { FakeStream } from "../live/fakeStream";
import { createAppRouter } from "../router";
import { pages } from "../text";

const me: Apm.Me = {
  user: null,
  tenant: { id: "tnt_1", slug: "acme", company: "Acme" },
  role: "owner",
  console_url: "http://console.naru.example",
  projects: ["prj_1", "prj_2"].map((id) => ({ id, name: id, platform: "java", group: "default", created_at: "2026-01-05T09:00:00Z" })),
};

/** Everything lies within the window of a test. */
class Seen {
  constructor(private readonly tell: (entries: { isIntersecting: boolean; target: Element }[]) => void) {}
  observe(target: Element): void {
    this.tell([{ isIntersecting: true, target }]);
  }
  unobserve(): void {}
  disconnect(): void {}
}

/** The app at an address, in front of a server that answers so. */
export function openPage(address: string, answers: Answers, locale: Locale = "en") {
  FakeStream.install();
  vi.stubGlobal("IntersectionObserver", Seen);
  // jsdom says aloud that it can't draw; null is what a browser without a canvas answers.
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  answerWith({ me, applications: none("applications"), instances: { instances: [] }, metrics: none("metrics"), ...answers });
  window.history.replaceState(null, "", address);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const i18n = createI18n(pages, locale);
  const router = createAppRouter({ queries, i18n });
  const shown = render(
    <NaruProvider i18n={i18n} baseFontPx={13} defaultColorScheme="dark">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </NaruProvider>,
  );
  return { ...shown, router, queries };
}

const none = (list: string) => ({ [list]: [], from_ms: 0, to_ms: 0, incomplete: [] });
