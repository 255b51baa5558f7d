import { asAdmin, client, decide, goTo } from "./support/staff";
import { expect, picture, test } from "./support/test";

const TEMPLATE = "393db44e-2eec-85f7-8000-000000000001";

test("a chargeback is won back once, and its fee goes away once", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
  const { login, pending_tx_id } = (await rival.post(`/challenges/${TEMPLATE}/enroll`)) as { login: string; pending_tx_id: string };
  await staff.post(`/transactions/${pending_tx_id}/approve`, {}, "PATCH");
  await asAdmin(page);
  await goTo(page, "Transactions");
  const of = (type: string) => page.getByRole("row").filter({ hasText: login }).filter({ hasText: type });
  const fee = of("Challenge fee");
  await fee.getByRole("button", { name: "Chargeback" }).click();
  await decide(page, "Chargeback", "the bank says so");
  const chargeback = of("Chargeback").filter({ hasNotText: "Challenge fee" }).filter({ hasNotText: "reversal" });
  await expect(chargeback.getByRole("button", { name: "Won back" })).toBeVisible();
  await expect(fee.getByRole("button")).toHaveCount(0);
  await chargeback.getByRole("button", { name: "Won back" }).click();
  await decide(page, "Won back", "the dispute was won");
  await expect(of("Chargeback reversal")).toBeVisible();
  await expect(chargeback.getByRole("button")).toHaveCount(0);

  await fee.getByRole("button", { name: "Refund" }).click();
  await page.getByLabel("Also against the refund policy").check();
  await decide(page, "Refund", "goodwill");
  await expect(of("Challenge fee refund").getByRole("button", { name: "Approve" })).toBeVisible();
  await expect(of("Challenge fee refund").getByRole("button", { name: "Decline" })).toHaveCount(0);
  await expect(fee.filter({ hasNotText: "refund" }).getByRole("button")).toHaveCount(0);

  await goTo(page, "Inbox");
  await page.getByRole("region", { name: "Refunds to pay" }).getByRole("link", { name: "Show all" }).click();
  await expect(page).toHaveURL(/type=CHALLENGE_FEE_REFUND&type=DEPOSIT_REFUND/);
  await expect(page.getByLabel("Type").locator("option:checked")).toHaveText("Challenge fee refund and 1 more");
  await expect(of("Challenge fee refund")).toBeVisible();
});

test("payments that wait are counted in the inbox, and an unpaid journey is called off as one", async ({ page, server }) => {
  const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
  const { login, journey_id } = (await rival.post(`/challenges/${TEMPLATE}/enroll`)) as { login: string; journey_id: string };
  await asAdmin(page);
  await picture(page, "staff-inbox-payments");
  await page.getByRole("link", { name: "Payments that wait" }).click();
  await expect(page.getByRole("row").filter({ hasText: login })).toContainText("Pending");
  await page.goto(`/console/staff/journeys/${journey_id}`);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("The fee was not paid");
  await page.getByRole("dialog").getByLabel("Reason").fill("he changed his mind");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).last().click();
  await expect(page.getByText("The customer or staff ended it.")).toBeVisible();
  await page.getByRole("link", { name: /Timeline and ledger/ }).click();
  await expect(page.getByText("The customer or staff ended it.")).toBeVisible();
  const table = page.locator(".table-frame").first();
  expect(await table.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  await picture(page, "staff-purchase");
});

test("a withdrawal without a place, and a correction of nobody", async ({ page, server }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { items } = (await staff.get("/accounts?search=100003")) as { items: { account_id: string }[] };
  const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
  await rival.post("/customers/me/withdraw", { amount: "50", account_id: items[0]?.account_id });
  await asAdmin(page);
  await goTo(page, "Transactions");
  await page.getByLabel("Type").selectOption("WITHDRAWAL");
  await page.getByRole("row").filter({ hasText: "Rita Rival" }).getByRole("button", { name: "Approve" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("of Rita Rival, account 100003");
  await expect(dialog).toContainText("No place to pay it to was given: ask the customer first");
  await picture(page, "staff-withdrawal");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "New correction" }).click();
  await dialog.getByLabel("Login of the wallet").fill("99999999");
  await dialog.getByLabel("Amount").fill("5");
  await dialog.getByLabel("Comment").fill("a slip");
  await expect(dialog.getByText("There is no such account.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "New correction" })).toBeDisabled();
  await dialog.getByLabel("Login of the wallet").fill("100003");
  await decide(page, "New correction");
});
