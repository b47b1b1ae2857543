import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { createI18n, NaruProvider } from "@naru/ui";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAppRouter } from "../../router";
import { pages } from "../../text";

type Answers = Record<string, [status: number, body: unknown]>;

const answers: Answers = {};
const asked: Request[] = [];

/** openapi-fetch takes the fetch it finds at import, so the stand-in is there first and looks answers up late. */
vi.hoisted(() => {
  globalThis.fetch = (input) => {
    const stand = (globalThis as { standIn?: (request: Request) => Promise<Response> }).standIn;
    return stand ? stand(input as Request) : Promise.reject(new TypeError("no answers"));
  };
});

beforeEach(() => {
  asked.length = 0;
  Object.assign(answers, {
    "GET /regions": [200, { regions: [{ name: "local", title: "Local" }] }],
    "GET /signup/availability": [200, { tenant: "globex", available: true }],
  } satisfies Answers);
  (globalThis as { standIn?: unknown }).standIn = (request: Request) => {
    asked.push(request.clone());
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const [status, body] = answers[`${request.method} ${path}`] ?? [404, { title: "x", status: 404, code: "not_found" }];
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } }));
  };
});

afterEach(() => {
  for (const key of Object.keys(answers)) delete answers[key];
});

function open() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const i18n = createI18n(pages, "en");
  const router = createAppRouter({ queries, i18n });
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: ["/signup"] }) });
  render(
    <NaruProvider i18n={i18n} baseFontPx={14} defaultColorScheme="light">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </NaruProvider>,
  );
}

test("refused fields say why beside what was typed, and bring their step back", async () => {
  answers["POST /signup"] = [
    422,
    { title: "refused", status: 422, code: "invalid", errors: [{ field: "email", code: "taken", message: "taken" }] },
  ];
  const person = userEvent.setup({ delay: null });
  open();
  await person.type(await screen.findByLabelText("Work email"), "dana@globex.example");
  await person.type(screen.getByLabelText("Password"), "unrelated words");
  await person.type(screen.getByLabelText("Your name"), "Dana");
  await person.click(screen.getByRole("button", { name: "Continue" }));
  await person.type(await screen.findByLabelText("Company"), "Globex");
  await screen.findByText("✓ globex is free.");
  await person.click(screen.getByRole("button", { name: "Sign up" }));

  await screen.findByText("There is already an account with this mail address. You can log in.");
  expect(screen.getByLabelText<HTMLInputElement>("Work email").value).toBe("dana@globex.example");
  expect(screen.getByLabelText<HTMLInputElement>("Your name").value).toBe("Dana");
  await person.click(screen.getByRole("button", { name: "Continue" }));
  expect((await screen.findByLabelText<HTMLInputElement>("Company")).value).toBe("Globex");
});

test("a taken subdomain is refused while typing, in words", async () => {
  answers["GET /signup/availability"] = [200, { tenant: "acme", available: false, code: "taken", message: "taken" }];
  const person = userEvent.setup({ delay: null });
  open();
  await person.type(await screen.findByLabelText("Work email"), "dana@globex.example");
  await person.type(screen.getByLabelText("Password"), "unrelated words");
  await person.type(screen.getByLabelText("Your name"), "Dana");
  await person.click(screen.getByRole("button", { name: "Continue" }));
  await person.type(await screen.findByLabelText("Subdomain"), "acme");
  await screen.findByText("This name is taken.");
});

test("an incomplete step asks nobody and says what is missing", async () => {
  const person = userEvent.setup({ delay: null });
  open();
  await person.type(await screen.findByLabelText("Work email"), "dana@globex.example");
  await person.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findAllByText("Please fill in this field.")).toHaveLength(2);
  expect(asked.filter((request) => request.method === "POST")).toEqual([]);
});
