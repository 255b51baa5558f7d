import { asAdmin, askForPayout, client, decide, goTo, signInStaff } from "./support/staff";
import { expect, picture, test } from "./support/test";

const TEMPLATE = "393db44e-2eec-85f7-8000-000000000001";

test("staff approve a payment, and the challenge begins", async ({ page, server }) => {
  const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
  const { login } = (await rival.post(`/challenges/${TEMPLATE}/enroll`)) as { login: string };
  await asAdmin(page);
  await goTo(page, "Transactions");
  await page.getByLabel("Status").selectOption("PENDING");
  await page.getByLabel("Type").selectOption("CHALLENGE_FEE");
  const row = page.getByRole("row").filter({ hasText: login });
  await expect(row).toContainText("499.00");
  await row.getByRole("button", { name: "Approve" }).click();
  await picture(page, "staff-approve");
  await decide(page, "Approve", "wire arrived");
  await expect(row).toBeHidden();
  await goTo(page, "Journeys");
  await page.getByLabel("Search").fill(login);
  await page.getByLabel("Search").press("Enter");
  await expect(page.getByRole("row").filter({ hasText: login })).toContainText("Active");
});

test("a breach is reviewed and taken back", async ({ page }) => {
  await asAdmin(page);
  await goTo(page, "Breaches");
  await page.getByRole("row").filter({ hasText: "Dora Diver" }).getByRole("link", { name: "Daily loss" }).click();
  await expect(page.getByText("The price that decided")).toBeVisible();
  await page.getByRole("button", { name: "From the beginning" }).click();
  await expect(page.getByText("The price that decided")).toBeHidden();
  for (let step = 0; step < 3; step += 1) await page.getByRole("button", { name: "Next step" }).click();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await picture(page, "staff-breach");
  await page.getByRole("button", { name: "Revert" }).click();
  await page.getByLabel("What the closing has cost").selectOption("equity_before");
  await decide(page, "Revert", "the price was wrong");
  await expect(page.getByText("Taken back", { exact: true })).toBeVisible();
  await expect(page.getByText("the price was wrong")).toBeVisible();
  await expect(page.getByRole("button", { name: "Revert" })).toBeHidden();
  await page.getByRole("link", { name: "The journey" }).click();
  await expect(page.locator("h1 ~ .badge", { hasText: "Active" })).toBeVisible();
});

test("a payout is approved and paid", async ({ alone: { page, server } }) => {
  await askForPayout(server);

  await asAdmin(page);
  await page.getByRole("region", { name: "Payouts to approve" }).getByRole("link", { name: /^No\. / }).click();
  await expect(page.getByRole("heading", { name: "What was asked for" })).toBeVisible();
  await page.getByRole("button", { name: "Approve" }).click();
  await decide(page, "Approve", "as agreed");
  await page.getByRole("button", { name: "Mark as on its way" }).click();
  await decide(page, "Mark as on its way");
  await page.getByRole("button", { name: "Mark as paid" }).click();
  await page.getByLabel("Reference of the transfer").fill("SEPA 4711");
  await decide(page, "Mark as paid");
  await expect(page.locator("h1 ~ .badge", { hasText: "Paid" })).toBeVisible();
  await expect(page.getByText("Reference SEPA 4711")).toBeVisible();
  await picture(page, "staff-payout");
});

test("a program is cloned, changed with the server's verdict, and simulated", async ({ page }) => {
  await asAdmin(page);
  await goTo(page, "Programs");
  await page.getByRole("link", { name: "100K Challenge", exact: true }).click();
  await expect(page.getByText("Maximum loss: equity must not be", { exact: false }).first()).toBeVisible();
  await page.getByRole("button", { name: "Clone" }).click();
  await page.getByLabel("Name of the clone").fill("Sprint");
  await decide(page, "Clone");
  await expect(page.getByRole("heading", { level: 1, name: "Sprint" })).toBeVisible();

  const loss = page.getByLabel("Maximum loss (%)").first();
  await loss.fill("101");
  await expect(page.locator(".field-fault").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await loss.fill("10");
  await page.getByLabel("Target (%)").first().fill("6");
  await page.getByLabel("Price", { exact: true }).fill("259.10");
  await expect(page.getByText("The server would take it.")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("a profit of 6 % of the initial balance", { exact: false })).toBeVisible();

  await page.getByRole("link", { name: "Versions" }).click();
  await expect(page.getByRole("row").filter({ hasText: /^fee_amount/ })).toContainText("259.1");
  await picture(page, "staff-versions");

  await page.getByRole("link", { name: "Simulation" }).click();
  await page.getByLabel("Traders").fill("200");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("What a sale brings")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("img").first()).toBeVisible();
});

test("each brand sees only its own", async ({ page, server, browser }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { items } = (await staff.get("/prop/journeys")) as { items: { journey_id: string; customer_name: string }[] };
  const context = await browser.newContext({ baseURL: server.url });
  const other = await context.newPage();
  await signInStaff(other, "admin@brand-b.test", "demo-admin-2");
  await goTo(other, "Journeys");
  await expect(other.getByText("No challenge yet")).toBeVisible();
  await other.goto(`/console/staff/journeys/${items[0]?.journey_id ?? ""}`);
  await expect(other.getByText("It may have been removed, or belong to somebody else.")).toBeVisible();
  await context.close();

  await asAdmin(page);
  await goTo(page, "Journeys");
  await expect(page.getByText(items[0]?.customer_name ?? "").first()).toBeVisible();
});

test("the inbox hears of what happens, and a withdrawal is decided in it", async ({ page, server }) => {
  await asAdmin(page);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { items } = (await staff.get("/accounts?search=100003")) as { items: { account_id: string }[] };
  const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
  await rival.post("/customers/me/withdraw", { amount: "51.37", account_id: items[0]?.account_id });
  const waiting = page.getByRole("region", { name: "Withdrawals" });
  const hers = waiting.getByRole("row").filter({ hasText: "51.37" });
  await expect(hers).toContainText("Rita Rival");
  await hers.getByRole("button", { name: "Decline" }).click();
  await decide(page, "Decline", "no such bank");
  await expect(hers).toHaveCount(0);
});

test("what a role may not do is not offered", async ({ page }) => {
  await signInStaff(page, "reader@demo.test", "demo-reader-1");
  await goTo(page, "Programs");
  await expect(page.getByRole("button", { name: "New program" })).toHaveCount(0);
  await goTo(page, "Breaches");
  await page.getByRole("link", { name: "Maximum loss" }).first().click();
  await expect(page.getByText("What happened")).toBeVisible();
  await expect(page.getByRole("button", { name: "Revert" })).toHaveCount(0);
});

test("the inbox and the board are worked with the keyboard alone", async ({ page }) => {
  await asAdmin(page);
  await page.goto("/console/staff/breaches");
  await page.getByRole("link", { name: "Maximum loss" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  const confirm = page.getByRole("button", { name: "Confirm" });
  await confirm.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Confirm the breach" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(confirm).toBeFocused();
});
