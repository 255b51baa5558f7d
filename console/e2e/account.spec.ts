import { readFile } from "node:fs/promises";

import { client } from "./support/staff";
import { expect, picture, signIn, test } from "./support/test";

test("a trader withdraws from a wallet, and follows it until it is paid out", async ({ page, server }) => {
  await signIn(page, "rival");
  await page.goto("/console/account");
  await page.getByRole("button", { name: /^Withdraw from/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount in USD").fill("9999999");
  await dialog.getByLabel("Where it is to be paid to").fill("DE02 1203 0000 0000 2020 51, Rita Rival");
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await expect(dialog.getByText("Ask for less, or deposit first.")).toBeVisible();
  await dialog.getByLabel("Amount in USD").fill("120.50");
  await picture(page, "withdraw");
  await dialog.getByRole("button", { name: "Ask for it" }).dblclick();
  await expect(dialog.getByText("120.50 USD wait for the firm’s approval")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("table", { name: "Wallets" })).toContainText("120.50 USD held for withdrawals");
  const row = page.getByRole("table", { name: "Payments" }).getByRole("row").filter({ hasText: "Withdrawal" });
  await expect(row).toContainText("Waits for the firm");

  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const waiting = (await staff.get("/transactions?type=WITHDRAWAL&status=PENDING")) as { id: string }[];
  expect(waiting).toHaveLength(1);
  const [asked] = waiting;
  await staff.post(`/transactions/${asked?.id ?? ""}/approve`, { comment: "sent" }, "PATCH");
  await expect(row).toContainText("Approved");
  await picture(page, "payments");
});

test("an enrolment is cancelled before it is paid", async ({ page }) => {
  await signIn(page, "rival");
  await page.goto("/console/programs/1");
  await page.getByRole("button", { name: "Enrol and pay at the cashier" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pay later" }).click();
  await page.goto("/console/challenges?status=pending_payment");
  await page.getByRole("button", { name: /^Cancel 100K Challenge/ }).click();
  await picture(page, "cancel");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel it" }).click();
  await expect(page.getByText("No challenge is in this list")).toBeVisible();
});

test("a fee is asked back before the first trade", async ({ page }) => {
  await signIn(page, "trader");
  await page.goto("/console/programs/4");
  await page.getByRole("button", { name: "Buy from the wallet" }).click();
  await page.getByRole("button", { name: "Go to the challenge" }).click();
  await page.getByRole("button", { name: "Ask for the fee back" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("413.10 EUR")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "End the challenge" })).toBeDisabled();
  await dialog.getByLabel("I understand that the challenge ends with it").check();
  await picture(page, "refund");
  await dialog.getByRole("button", { name: "End the challenge" }).click();
  await expect(page.getByText("Its fee has been given back.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask for the fee back" })).toBeHidden();
  await page.goto("/console/account");
  await expect(page.getByRole("row").filter({ hasText: "REAL-EUR" })).toContainText("754.10");
  await expect(page.getByRole("row").filter({ hasText: "Bought from wallet 100002" })).toContainText("Refunded");
});

test("own data are downloaded, and erased once nothing is open", async ({ page }) => {
  await signIn(page, "trader");
  await page.goto("/console/account");
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download my data" }).click();
  const kept = JSON.parse(await readFile(await (await coming).path(), "utf8")) as { customer: { email: string } };
  expect(kept.customer.email).toBe("trader@demo.test");

  await page.getByRole("button", { name: "Erase my data" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Erase for good" })).toBeDisabled();
  await dialog.getByLabel("Your password").fill("demo-trader-1");
  await dialog.getByLabel("I understand that this cannot be undone").check();
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(dialog.getByText("There is money in an account")).toBeVisible();
  await expect(dialog.getByText("Withdraw everything under “Wallets”")).toBeVisible();
  await picture(page, "erase");
});

test("who has nothing open is erased, and cannot come back", async ({ page }) => {
  await page.goto("/console/register");
  await page.getByLabel("First name").fill("Gone");
  await page.getByLabel("Last name").fill("Girl");
  await page.getByLabel("E-mail address").fill("gone@demo.test");
  await page.getByLabel("Telephone").fill("+49 30 654321");
  await page.getByLabel("Password").fill("a-long-password");
  await page.getByRole("button", { name: "Open an account" }).click();
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await expect(page.getByText("Nothing was paid in or out yet")).toBeVisible();
  await page.getByRole("button", { name: "Erase my data" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password").fill("a-long-password");
  await dialog.getByLabel("I understand that this cannot be undone").check();
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(page.getByRole("dialog", { name: "Your data are erased" })).toBeVisible();
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});
