import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { AccountMenu, createI18n, NaruProvider } from "@naru/ui";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { pages } from "../text";
import { useLogOut } from "./useLogOut";

function Menu() {
  const leaving = useLogOut("#console");
  return <AccountMenu name="Dana" email="dana@acme.example" tenant={{ slug: "acme", company: "Acme" }} elsewhere={{ href: "#console", label: "Console" }} leaving={leaving} />;
}

afterEach(() => vi.unstubAllGlobals());

test("who could not be logged out is told so", async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response("", { status: 503 })));
  vi.stubGlobal("fetch", fetch);
  const person = userEvent.setup({ delay: null });
  render(
    <NaruProvider i18n={createI18n(pages, "en")} baseFontPx={13} defaultColorScheme="dark">
      <QueryClientProvider client={new QueryClient()}>
        <Menu />
      </QueryClientProvider>
    </NaruProvider>,
  );
  await person.click(screen.getByRole("button", { name: "Account of Dana" }));
  await person.click(await screen.findByRole("menuitem", { name: "Log out" }));
  await screen.findByText("You are still logged in.");
  await screen.findByText(pages.ui.en.problem.unavailable);
  expect([fetch.mock.calls.length, window.location.hash]).toEqual([1, ""]);
});
