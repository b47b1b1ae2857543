/** A stranger's first minutes: sign-up → mail → project → key → own app → event log → dot → drag → trace with SQL. */

import { expect, test, type Page } from "@playwright/test";
import { env, mailTo, runApplication, type Application } from "./stranger.js";

const TENANT = `hanbit-${Date.now().toString(36)}`;
const EMAIL = `minji@${TENANT}.example`;

let application: Application | undefined;

test.afterAll(() => application?.stop());

test("a stranger signs up, runs their own application and reads its SQL", async ({ page }) => {
  await signUp(page);
  await verify(page);
  const snippet = await createProject(page);

  application = await runApplication(TENANT, snippet);
  for (const path of ["/orders/1", "/orders/2", "/orders/3"]) await fetch(application.url + path);

  await expect(page.getByTestId("onboarding-phase")).toHaveAttribute("data-phase", "receiving");
  await expect(page.getByTestId("onboarding-log")).toContainText("License key accepted");
  await expect(page.getByTestId("onboarding-log")).toContainText("First span");

  await page.getByTestId("open-apm").click();
  await expect(page).toHaveURL(new RegExp(`//${TENANT}\\.apm\\.`));
  const field = page.getByTestId("transaction-field");
  await expect(field).toBeVisible();

  // A slow request of our own must show as a dot without a reload, and be caught by a box around it.
  await fetch(`${application.url}/report`);
  const row = page.getByTestId("transaction-row").filter({ hasText: "/report" }).first();
  await expect(async () => {
    await dragOverAll(page);
    await expect(row).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 20_000 });
  await row.click();
  await expect(page.getByTestId("trace")).toBeVisible();
  await page.getByTestId("trace").getByText("select", { exact: false }).first().click();
  await expect(page.getByTestId("sql").first()).toContainText("sum(price_krw)");
});

async function signUp(page: Page) {
  await page.goto(`${env("NARU_CONSOLE_URL")}/signup`);
  await page.getByLabel("Work email").fill(EMAIL);
  await page.locator('input[name="password"]').fill("four unrelated words here");
  await page.getByLabel("Your name").fill("Kim Minji");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Company").fill("Hanbit");
  await page.locator('input[name="tenant"]').fill(TENANT);
  await expect(page.getByTestId("tenant-availability")).toHaveAttribute("data-state", "available");
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByTestId("verify-banner")).toBeVisible();
}

async function verify(page: Page) {
  await expect.poll(() => mailTo(EMAIL)).not.toBeNull();
  const link = /https?:\/\/\S*\/verify\?token=[^\s"<&]+/.exec(mailTo(EMAIL) ?? "")?.[0];
  expect(link, "the mail holds a link").toBeDefined();
  await page.goto(link ?? "");
  await page.goto(env("NARU_CONSOLE_URL"));
  await expect(page.getByTestId("verify-banner")).toHaveCount(0);
}

/** Creates a project and returns the Python lines of the install page, whole. */
async function createProject(page: Page): Promise<string> {
  await page.goto(`${env("NARU_CONSOLE_URL")}/projects/new?platform=python`);
  await page.getByLabel("Project name").fill("orders");
  await page.getByRole("button", { name: "Create and install an agent" }).click();
  const block = page.getByTestId("snippet-python").first();
  await expect(block).toBeVisible();
  await expect(page.getByTestId("license-key")).toHaveAttribute("data-key", /^nlk_/);
  const blocks = await page.getByTestId("snippet-python").evaluateAll((nodes) =>
    nodes.flatMap((node) => {
      const inner = node.hasAttribute("data-snippet") ? [node] : [...node.querySelectorAll("[data-snippet]")];
      return inner.map((element) => element.getAttribute("data-snippet") ?? "");
    }),
  );
  return blocks.join("\n");
}

/** A box over the whole field: whatever is drawn in it is caught. */
async function dragOverAll(page: Page) {
  const box = await page.getByTestId("transaction-field").boundingBox();
  if (box === null) throw new Error("the field has a box");
  await page.mouse.move(box.x + box.width * 0.08, box.y + box.height * 0.05);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5, { steps: 5 });
  await page.mouse.move(box.x + box.width * 0.995, box.y + box.height * 0.9, { steps: 5 });
  await page.mouse.up();
}
