import type { Server } from "./support/server";
import { expect, picture, signIn, test } from "./support/test";

/// What the other side of the counter does, by the API.
async function ask(server: Server, token: string, method: string, path: string, body?: unknown) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(server.url + path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, never>;
}

async function tokenOf(server: Server, door: string, who: string) {
  const body = JSON.stringify({ email: `${who}@demo.test`, password: `demo-${who}-1` });
  const answer = await fetch(server.url + door, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

test("a funded trader looks at his days, and asks for a payout", async ({ page, server }) => {
  await server.advance(86_400);
  await signIn(page, "graduate");
  await page.goto("/console/challenges/4/days");
  await expect(page.getByRole("cell", { name: /^\d{4}-\d\d-\d\d$/ }).first()).toBeVisible();
  await expect(page.getByText("Trading day", { exact: true }).first()).toBeVisible();
  await picture(page, "days");

  // The demo's clock was moved: what is left is less than a day by it, and more by the browser's.
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("timer").first()).toHaveText(/^\d+ (h|min)/);

  await page.goto("/console/payouts");
  await expect(page.getByText("Your identity must have been verified")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask for a payout" })).toBeDisabled();

  const trader = await tokenOf(server, "/customers/login", "graduate");
  const staff = await tokenOf(server, "/users/login", "admin");
  const { customer_id: customer, login } = (await ask(server, trader, "GET", "/accounts/1000001")) as Record<string, string>;
  await ask(server, staff, "PUT", `/customers/${customer}/kyc`, { status: "approved", reason: "papers seen" });
  for (let tries = 0; tries < 20; tries += 1) {
    const { equity } = (await ask(server, trader, "GET", `/accounts/${login}`)) as Record<string, string>;
    if (Number(equity) > 100_500) break;
    await server.advance(5);
  }

  await page.goto("/console/challenges/4/trade");
  await page.getByRole("button", { name: /^Close buy/ }).click();
  await expect(page.getByText("No position is open")).toBeVisible();
  await page.getByRole("link", { name: "Payouts" }).click();
  await expect(page.getByText("Every condition is met")).toBeVisible();
  await page.getByRole("button", { name: "Ask for a payout" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Ask for/ }).click();
  await expect(page.getByRole("cell", { name: "Pending" })).toBeVisible();
  await picture(page, "payout");
});
