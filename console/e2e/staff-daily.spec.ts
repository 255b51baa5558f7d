import type { Page } from "@playwright/test";

import { asAdmin, askForPayout, client, goTo } from "./support/staff";
import { expect, test } from "./support/test";

const dialog = (page: Page, name: string) => expect(page.getByRole("dialog", { name })).toBeVisible();
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/// What an operator does each day: the place in the menu, then at most one click to what he wants.
const TASKS: { name: string; place: string; then?: (page: Page) => Promise<void>; ends: (page: Page) => Promise<void> }[] = [
  {
    name: "grant a challenge",
    place: "Journeys",
    then: (page) => button(page, "Grant a challenge").click(),
    ends: (page) => dialog(page, "Grant a challenge"),
  },
  {
    name: "give a fee back",
    place: "Transactions",
    then: (page) => button(page, "Refund").first().click(),
    ends: (page) => expect(page.getByRole("dialog")).toBeVisible(),
  },
  {
    name: "change a program",
    place: "Programs",
    then: (page) => page.getByRole("link", { name: "Change Daily" }).click(),
    ends: (page) => expect(page.getByLabel("Price", { exact: true })).toBeVisible(),
  },
  {
    name: "compare versions",
    place: "Programs",
    then: (page) => page.getByRole("link", { name: "version 1 of Daily" }).click(),
    ends: (page) => expect(page.getByRole("link", { name: "Versions" })).toHaveAttribute("aria-current", "page"),
  },
  { name: "see desk and feeds", place: "Health", ends: (page) => expect(page.getByText("EURUSD").first()).toBeVisible() },
  {
    name: "search the audit",
    place: "Audit",
    then: (page) => page.getByLabel("Action").click(),
    ends: (page) => expect(page.getByLabel("Action")).toBeFocused(),
  },
  { name: "add news", place: "News calendar", then: (page) => button(page, "Add news").click(), ends: (page) => expect(page.getByRole("dialog")).toBeVisible() },
  {
    name: "add a promo code",
    place: "Promo codes",
    then: (page) => button(page, "New code").click(),
    ends: (page) => expect(page.getByRole("dialog")).toBeVisible(),
  },
  {
    name: "add a person",
    place: "People and roles",
    then: (page) => button(page, "Add a person").click(),
    ends: (page) => expect(page.getByRole("dialog")).toBeVisible(),
  },
  { name: "issue a token", place: "API tokens", then: (page) => button(page, "New token").click(), ends: (page) => expect(page.getByRole("dialog")).toBeVisible() },
  {
    name: "see the terms of groups",
    place: "Groups",
    then: (page) => page.getByRole("link", { name: "symbols of PROP-DEMO-100K" }).click(),
    ends: (page) => expect(page.getByRole("cell", { name: "EURUSD" })).toBeVisible(),
  },
];

test("each daily task begins within two clicks", async ({ page, server }) => {
  test.setTimeout(90_000);
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { items } = (await staff.get("/prop/templates")) as { items: { id: string }[] };
  await staff.post(`/prop/templates/${items[0]?.id ?? ""}/clone`, { name: "Daily" });
  const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
  const { pending_tx_id } = (await rival.post(`/challenges/${items[0]?.id ?? ""}/enroll`)) as { pending_tx_id: string };
  await staff.post(`/transactions/${pending_tx_id}/approve`, { comment: "paid" }, "PATCH");
  await asAdmin(page);
  for (const { name, place, then, ends } of TASKS) {
    await test.step(name, async () => {
      await page.goto("/console/staff");
      await goTo(page, place);
      await then?.(page);
      await ends(page);
    });
  }
});

test("what waits is one click away from the inbox", async ({ alone: { page, server } }) => {
  await askForPayout(server);
  await asAdmin(page);
  const breaches = page.getByRole("region", { name: "Breaches to review" });
  await expect(breaches.getByRole("link", { name: "Dora Diver" })).toBeVisible();
  await breaches.getByRole("link", { name: /loss/ }).first().click();
  await expect(button(page, "Next step")).toBeVisible();
  await expect(button(page, "Confirm")).toBeVisible();
  await page.goto("/console/staff");
  const payouts = page.getByRole("region", { name: "Payouts to approve" });
  await expect(payouts.getByRole("link", { name: "Gwen Graduate" })).toBeVisible();
  await payouts.getByRole("link", { name: /^No\. / }).click();
  await expect(button(page, "Approve")).toBeVisible();
});

test("anything is found from anywhere with the keyboard", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { items } = (await staff.get("/prop/journeys?q=graduate")) as { items: Record<string, string>[] };
  const journey = items[0] ?? {};
  const detail = (await staff.get(`/prop/journeys/${journey["journey_id"] ?? ""}`)) as { purchase_number: number; purchase_id: string };
  await asAdmin(page);
  const search = page.getByRole("combobox", { name: "What are you looking for?" });
  const look = async (text: string) => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
    await page.keyboard.type(text);
    await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  };

  await look("GRADUATE@demo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Gwen Graduate" })).toBeFocused();

  await look(journey["current_account_login"] ?? "");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: `Account ${journey["current_account_login"]}` })).toBeVisible();

  await look(`#${detail.purchase_number}`);
  await page.getByRole("dialog").getByRole("option", { name: /Purchase/ }).click();
  await expect(page).toHaveURL(new RegExp(detail.purchase_id));

  await look(journey["journey_id"] ?? "");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(journey["journey_id"] ?? "-"));

  await look("promo");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Promo codes" })).toBeVisible();

  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await page.keyboard.type("nobody-is-called-so");
  await expect(page.getByText("Nothing was found.", { exact: false })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  // A stroke in a field is a sign and no command.
  await goTo(page, "Customers");
  await page.getByLabel("Search").press("/");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByLabel("Search")).toHaveValue("/");
});

test("staff see the trader's picture, and a program's groups are chosen by what they are", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { items } = (await staff.get("/prop/journeys?q=climber")) as { items: { journey_id: string }[] };
  await asAdmin(page);
  await page.goto(`/console/staff/journeys/${items[0]?.journey_id ?? ""}`);
  const picture = page.getByRole("img", { name: "Equity, balance, floors and target over time" }).first();
  await expect(picture).toBeVisible();
  await expect(page.getByText("Maximum loss floor").first()).toBeVisible();
  await page.getByRole("button", { name: "Closer to the equity" }).first().click();
  await expect(page.getByRole("button", { name: "Show every limit" })).toBeVisible();

  const seeds = (await staff.get("/prop/templates")) as { items: { id: string }[] };
  const clone = (await staff.post(`/prop/templates/${seeds.items[0]?.id ?? ""}/clone`, { name: "Grouped" })) as { id: string };
  await page.goto(`/console/staff/programs/${clone.id}/edit`);
  const group = page.getByLabel("Group of the accounts").first();
  await expect(group.getByRole("option", { name: /USD, 1:\d+, (demo|real)/ }).first()).toBeAttached();
});

test("a board of ten thousand accounts stays quick", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const told = (await staff.get("/prop/board")) as { items: Record<string, unknown>[]; sums: { running: number } };
  const of = (offset: number) =>
    Array.from({ length: 25 }, (_, index) => ({ ...told.items[0], account_id: `row-${offset + index}`, account_login: String(3_000_000 + offset + index) }));
  await page.route("**/prop/board*", async (route) => {
    const offset = Number(new URL(route.request().url()).searchParams.get("offset") ?? 0);
    await route.fulfill({ json: { ...told, items: of(offset), total: 10_000, sums: { ...told.sums, running: 10_000 } } });
  });
  await asAdmin(page);
  await goTo(page, "Live board");
  await expect(page.getByText("1–25 of 10000 accounts")).toBeVisible();
  const began = Date.now();
  for (let step = 1; step <= 10; step += 1) {
    await button(page, "Next").click();
    await expect(page.getByRole("link", { name: String(3_000_000 + step * 25), exact: true })).toBeVisible();
  }
  expect(Date.now() - began, "ten pages").toBeLessThan(10_000);
  expect(await page.getByRole("row").count()).toBe(26);
});
