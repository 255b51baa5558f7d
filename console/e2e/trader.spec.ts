import { client } from "./support/staff";
import { expect, picture, signIn, test } from "./support/test";
import { totp } from "./support/totp";

test("a trader buys, trades, breaches, and reads why", async ({ page, server }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/console\/sign-in/);
  await page.getByRole("button", { name: /^A new trader/ }).click();

  await page.getByRole("link", { name: /^100K Challenge for|^100K Challenge 100K/ }).first().click();
  await expect(page.getByText("Daily loss.", { exact: false }).first()).toBeVisible();
  await page.getByLabel("90 % profit split").check();
  await expect(page.locator(".price-total")).toContainText("548.90");
  await page.getByLabel("90 % profit split").uncheck();
  await expect(page.getByText("701.00")).toBeVisible();
  await picture(page, "program");
  await page.getByRole("button", { name: "Buy from the wallet" }).dblclick();

  const bought = page.getByRole("dialog", { name: "Your challenge is running" });
  await expect(bought.locator(".secret")).toBeVisible();
  await bought.getByRole("button", { name: "Go to the challenge" }).click();
  await expect(page.getByText("8,000.00 USD still missing")).toBeVisible();
  await expect(page.getByText("5 more days")).toBeVisible();
  await expect(page.locator(".live-mark")).toHaveText("Live");
  await picture(page, "begun");

  await page.getByRole("link", { name: "Place the first trade" }).click();
  await page.getByRole("button", { name: /DEMOWAVE/ }).click();
  await page.getByLabel("Volume in lots").fill("0.001");
  await expect(page.getByText("At least 0.01 lots.")).toBeVisible();
  await page.getByLabel("Volume in lots").fill("15");
  await expect(page.getByText("free margin then")).toBeVisible();
  // The wave goes on to the end that is further away, which is against whoever deals so.
  const price = await page.getByRole("button", { name: /^Sell/ }).innerText();
  const high = Number(price.replace(/[^\d.]/g, "")) >= 105;
  await page.getByRole("button", { name: high ? /^Buy/ : /^Sell/ }).click();
  await expect(page.getByRole("button", { name: /Close (buy|sell) 15/ })).toBeVisible();
  await picture(page, "trade");

  for (let seconds = 0; seconds < 80; seconds += 10) await server.advance(10);
  await expect(page.getByText("The phase failed: daily loss")).toBeVisible();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByText("The phase failed: daily loss")).toBeVisible();
  await expect(page.locator("h1 ~ .badge", { hasText: "Failed" })).toBeVisible();
  await picture(page, "failed");

  await page.getByRole("link", { name: "See exactly what happened" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Breach: daily loss" })).toBeFocused();
  await expect(page.getByText("the line was crossed")).toBeVisible();
  await expect(page.getByText("The line stood at 95,000.00 USD")).toBeVisible();
  await expect(page.getByText("DEMOWAVE moved to", { exact: false })).toBeVisible();
  await picture(page, "breach");
});

test("a promotion code is applied before anything is bought", async ({ alone: { server, page } }) => {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  await staff.post("/promo-codes", { code: "FIFTY-OFF", discount_amount: "50.00", currency: "USD" });
  await signIn(page, "trader");
  await page.goto("/console/programs/1");
  await expect(page.getByText("701.00")).toBeVisible();
  const code = page.getByLabel("Promotion code");
  const buy = page.getByRole("button", { name: "Buy from the wallet" });
  await code.fill("fifty-off");
  await expect(buy).toBeDisabled();
  await code.press("Enter");
  await expect(page.locator(".price-total")).toContainText("449.00");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(buy).toBeEnabled();
  await picture(page, "promo");
  await buy.click();
  await expect(page.getByRole("dialog", { name: "Your challenge is running" })).toBeVisible();
  await page.goto("/console/account");
  await expect(page.getByRole("row").filter({ hasText: "Bought from wallet" })).toContainText("449.00");

  await page.goto("/console/programs/1");
  await code.fill("no-such-code");
  await code.press("Enter");
  const enrol = page.getByRole("button", { name: "Enrol and pay at the cashier" });
  await expect(enrol).toBeDisabled();
  await code.fill("fifty-off");
  await code.press("Enter");
  await enrol.click();
  const pay = page.getByRole("dialog", { name: "Pay the fee" });
  await expect(pay.getByText("449.00")).toBeVisible();
  await expect(pay.getByText("Code FIFTY-OFF")).toBeVisible();
});

test("another enrols, and pays at the cashier", async ({ page, context }) => {
  await signIn(page, "rival");
  await page.goto("/console/programs/1");
  await page.getByRole("button", { name: "Enrol and pay at the cashier" }).click();
  const dialog = page.getByRole("dialog", { name: "Pay the fee" });
  await expect(dialog.getByText("499.00")).toBeVisible();
  const opened = context.waitForEvent("page");
  await dialog.getByRole("button", { name: "Open the cashier" }).click();
  const cashier = await opened;
  await expect(dialog.getByText("Waiting for the payment")).toBeVisible();
  await cashier.getByRole("button", { name: /^Pay/ }).click();
  await cashier.getByRole("link", { name: "Back to your challenges" }).click();
  await expect(cashier.getByRole("heading", { level: 1, name: "My challenges" })).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Your challenge is running" })).toBeVisible();
  await picture(page, "paid");
  await page.getByRole("button", { name: "Go to the challenge" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "100K Challenge" })).toBeVisible();
  await expect(page.locator("h1 ~ .badge", { hasText: "Active" })).toBeVisible();
});

test("a new trader opens an account, fills a wallet, and begins", async ({ page, context }) => {
  await page.goto("/console/sign-in");
  await page.getByRole("link", { name: "Open an account" }).click();
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("Last name").fill("New");
  await page.getByLabel("E-mail address").fill("nora@demo.test");
  await page.getByLabel("Telephone").fill("+49 30 123456");
  await page.getByLabel("Password").fill("a-long-password");
  await page.getByRole("button", { name: "Open an account" }).click();

  await page.getByRole("link", { name: /^100K Challenge for|^100K Challenge 100K/ }).first().click();
  await expect(page.locator(".price-total")).toContainText("499.00");
  // An account of a challenge is no wallet: who enrols first can still open one.
  await page.getByRole("button", { name: "Enrol and pay at the cashier: 499.00 USD" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pay later" }).click();
  await page.reload();
  await expect(page.getByText("You have no open wallet in USD")).toBeVisible();
  await expect(page.getByLabel("Pay from wallet")).toBeHidden();
  await expect(page.getByRole("button", { name: "Buy from the wallet" })).toBeHidden();
  await picture(page, "no-wallet");
  await page.getByRole("button", { name: "Open a wallet in USD" }).dblclick();
  await expect(page.getByText("Payer balance is insufficient").or(page.getByText("Deposit into the wallet first")).first()).toBeVisible();
  await expect(page.locator(".price-total")).toContainText("499.00");
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await page.getByRole("button", { name: /^Deposit into/ }).click();
  await page.getByLabel("Amount in USD").fill("500");
  const opened = context.waitForEvent("page");
  await page.getByRole("button", { name: "Go to the cashier" }).dblclick();
  const cashier = await opened;
  await cashier.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByText("The deposit has come in")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("table", { name: "Wallets" }).getByText("500.00")).toBeVisible();
  await expect(page.getByRole("table", { name: "Payments" }).getByText("Approved")).toBeVisible();
  await expect(page.getByRole("table", { name: "Payments" }).getByText("Deposit", { exact: true })).toHaveCount(1);
});

test("a challenge whose time is up says what there was, and what was missing", async ({ alone }) => {
  const { server, page } = alone;
  await signIn(page, "trader");
  await page.goto("/console/programs/1");
  await page.getByRole("button", { name: "Buy from the wallet" }).click();
  await page.getByRole("button", { name: "Go to the challenge" }).click();
  await expect(page.getByText("8,000.00 USD still missing")).toBeVisible();
  const place = page.url();
  for (let days = 0; days < 32; days += 2) await server.advance(2 * 86_400);
  // The session is over as well, unless the page has renewed it on the way.
  await page.context().clearCookies();
  await signIn(page, "trader");
  await page.goto(place);
  await expect(page.getByText("The phase failed: time limit")).toBeVisible();
  await expect(page.getByText("8,000.00 USD were missing")).toBeVisible();
  await picture(page, "time-up");
  await page.getByRole("link", { name: "See exactly what happened" }).click();
  await expect(page.getByText("30 of 30 days")).toBeVisible();
  await expect(page.getByText("· not reached").first()).toBeVisible();
  await picture(page, "time-breach");
});

test("the keyboard reaches everything, and a page that is opened names itself", async ({ page }) => {
  await signIn(page, "diver");
  await page.keyboard.press("Tab");
  await page.goto("/console/challenges");
  await expect(page).toHaveTitle("My challenges · Touchstone");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Choose a program" })).toBeFocused();
});

test("who has signed out sees nothing, and comes back to where he was", async ({ page }) => {
  await signIn(page, "climber");
  await page.goto("/console/certificates");
  await expect(page.getByRole("img", { name: /of Clara Climber/ })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await page.goto("/console/certificates");
  await page.getByLabel("E-mail address").fill("climber@demo.test");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("Check the e-mail address and the password.")).toBeVisible();
  await page.getByLabel("Password").fill("demo-climber-1");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
});

test("a trader switches a second factor on, and signs in with it", async ({ page, server }) => {
  await signIn(page, "surfer");
  await page.goto("/console/account");
  await page.getByRole("button", { name: "Switch it on" }).click();
  const dialog = page.getByRole("dialog");
  const secret = await dialog.locator(".totp-secret").innerText();
  await dialog.getByLabel("Code that the app shows now").fill(totp(secret, await server.now()));
  await dialog.getByRole("button", { name: "Switch it on" }).click();
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  await picture(page, "backup-codes");
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("On since")).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  // A code is good once: the next one comes with time.
  await server.advance(30);
  await page.getByLabel("E-mail address").fill("surfer@demo.test");
  await page.getByLabel("Password").fill("demo-surfer-1");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Code of your authenticator app").fill(totp(secret, await server.now()));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
});

test.describe("in another zone", () => {
  test.use({ timezoneId: "America/New_York" });

  test("the next reset is told by both clocks", async ({ page }) => {
    await signIn(page, "graduate");
    await page.goto("/console/challenges/4");
    await expect(page.getByText("Your time (America/New_York)")).toBeVisible();
    await expect(page.getByText("Program’s time (UTC)")).toBeVisible();
  });
});

test("a trader whose fee a bank has taken back reads that his challenge rests", async ({ alone: { page, server } }) => {
  await signIn(page, "rival");
  await page.goto("/console/programs/1");
  await page.getByRole("button", { name: "Enrol and pay at the cashier" }).click();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("dialog").getByRole("button", { name: "Open the cashier" }).click();
  await (await opened).getByRole("button", { name: /^Pay/ }).click();
  await page.getByRole("button", { name: "Go to the challenge" }).click();
  await expect(page.getByText("nothing was traded yet")).toBeVisible();

  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const [fee] = (await staff.get("/transactions?type=CHALLENGE_FEE&status=APPROVED")) as { id: string }[];
  await staff.post(`/transactions/${fee?.id ?? ""}/chargeback`, { reason: "The bank says so", effect: "suspend" });
  await page.reload();
  await expect(page.getByText("The challenge rests: a bank has taken back its fee")).toBeVisible();
  await expect(page.getByText("nothing was traded yet")).toBeHidden();
  await picture(page, "rests");
  await page.getByRole("link", { name: "Trade", exact: true }).click();
  await expect(page.getByText("No position is open")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Buy/ })).toHaveCount(0);
  await page.goto("/console/challenges");
  await expect(page.getByText("A bank has taken back the fee of 100K Challenge")).toBeVisible();
  await expect(page.getByText("did not go through")).toHaveCount(0);
  await picture(page, "charged-back");
});
