import AxeBuilder from "@axe-core/playwright";

import { asAdmin, decide, goTo } from "./support/staff";
import { expect, picture, test } from "./support/test";

test("a webhook is made, its secret is shown once, and it can be looked at", async ({ page }) => {
  await asAdmin(page);
  await goTo(page, "Webhooks");
  await page.getByRole("button", { name: "New webhook" }).click();
  await page.getByLabel("Address").fill("https://crm.example.com/touchstone");
  await page.getByLabel("Events (optional)").fill("payout.*");
  await decide(page, "New webhook");
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText(/^whsec_/)).toBeHidden();
  await page.getByRole("link", { name: "https://crm.example.com/touchstone" }).click();
  await expect(page.getByRole("heading", { name: "Deliveries" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send a test" })).toBeVisible();
  await picture(page, "staff-webhook");
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.filter((it) => it.impact === "serious" || it.impact === "critical")).toEqual([]);
});
