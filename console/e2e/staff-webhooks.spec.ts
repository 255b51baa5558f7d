import AxeBuilder from "@axe-core/playwright";

import { asAdmin, client, decide, goTo } from "./support/staff";
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

test("an address that is refused is told beside its field", async ({ page }) => {
  await asAdmin(page);
  await goTo(page, "Webhooks");
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill("https://192.168.1.1/");
  await dialog.getByRole("button", { name: "New webhook" }).click();
  await expect(dialog.getByLabel("Address")).toHaveAccessibleDescription(/^[A-Z].*\.$/);
  await expect(dialog).not.toContainText("endpoint_url");
  await dialog.getByLabel("Address").fill("https://crm.example.com/");
  await dialog.getByLabel("Events (optional)").fill("payout.paid, payout.lost");
  await dialog.getByRole("button", { name: "New webhook" }).click();
  await expect(dialog.getByLabel("Events (optional)")).toHaveAccessibleDescription(/There is no such kind of event/);
  await picture(page, "staff-webhook-refused");
});

test("a webhook that is off offers neither tests nor replays, and only what was changed is sent", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const made = (await staff.post("/webhooks", { endpoint_url: "https://crm.example.com/off", events: ["payout.*"] })) as { id: number };
  await asAdmin(page);
  await page.goto(`/console/staff/webhooks/${made.id}`);
  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Change" })).toBeDisabled();
  await dialog.getByLabel("For yourself").fill("The CRM");
  // Somebody else has changed something else since the dialog was opened.
  await staff.post(`/webhooks/${made.id}`, { events: ["breach.*"] }, "PATCH");
  await decide(page, "Change");
  await expect(page.getByText("The CRM")).toBeVisible();
  expect(await staff.get(`/webhooks/${made.id}`)).toMatchObject({ description: "The CRM", events: ["breach.*"] });
  await expect(page.getByRole("button", { name: "Send a test" })).toBeVisible();
  await page.getByRole("button", { name: "Switch off" }).click();
  await decide(page, "Switch off");
  await expect(page.getByText("neither tests nor replays are sent")).toBeVisible();
  for (const name of ["Send a test", "Replay a time"]) await expect(page.getByRole("button", { name })).toBeHidden();
  await picture(page, "staff-webhook-off");
});

test("a replay says how far it is, and can be stopped", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const made = (await staff.post("/webhooks", { endpoint_url: "https://crm.example.com/replay", events: ["payout.paid"] })) as { id: number };
  const replay = { since: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z", events: 45_000, events_done: 12_300 };
  let stopped = false;
  await page.route(`**/webhooks/${made.id}*`, async (route) => {
    if (route.request().resourceType() === "document") return route.continue();
    const answer = await route.fetch();
    const body = (await answer.json()) as object;
    await route.fulfill({ response: answer, json: stopped ? body : { ...body, replay } });
  });
  await page.route(`**/webhooks/${made.id}/replay`, (route) => {
    stopped = route.request().method() === "DELETE";
    return route.continue();
  });
  await asAdmin(page);
  await page.goto(`/console/staff/webhooks/${made.id}`);
  await expect(page.getByText("12,300 of 45,000 events looked at.")).toBeVisible();
  await expect(page.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "27");
  await expect(page.getByRole("button", { name: "Replay a time" })).toBeHidden();
  await picture(page, "staff-webhook-replay");
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.filter((it) => it.impact === "serious" || it.impact === "critical")).toEqual([]);
  await page.getByRole("button", { name: "Stop" }).click();
  await decide(page, "Stop");
  await expect(page.getByText("A replay is under way")).toBeHidden();
  expect(stopped).toBe(true);
});
