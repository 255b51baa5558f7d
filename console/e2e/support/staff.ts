import type { Page } from "@playwright/test";

import type { Server } from "./server";
import { expect } from "./test";

/// Signs a person of the firm in, by the form and not by the demo's buttons.
export async function signInStaff(page: Page, email: string, password: string) {
  await page.goto("/console/sign-in");
  await page.getByText("Staff", { exact: true }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();
}

export const asAdmin = (page: Page) => signInStaff(page, "admin@demo.test", "demo-admin-1");

export async function goTo(page: Page, name: string) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/// Fills in the reason of the open dialog and does what its last button says.
export async function decide(page: Page, label: string, reason?: string) {
  const dialog = page.getByRole("dialog");
  if (reason) await dialog.getByLabel(/^(Reason|Comment)/).fill(reason);
  await dialog.getByRole("button", { name: label, exact: true }).click();
  await expect(dialog).toBeHidden();
}

interface Client {
  post: (path: string, body?: object, method?: string) => Promise<unknown>;
  get: (path: string) => Promise<unknown>;
}

/// What others do meanwhile, by the API.
export async function client(url: string, kind: "customers" | "users", email: string, password: string): Promise<Client> {
  const ask = async (method: string, path: string, body: object | undefined, token?: string) => {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as unknown;
  };
  const { access_token } = (await ask("POST", `/${kind}/login`, { email, password })) as { access_token: string };
  return {
    post: (path, body, method = "POST") => ask(method, path, body ?? {}, access_token),
    get: (path) => ask("GET", path, undefined, access_token),
  };
}

/// The demo's graduate is in profit some time after the beginning, closes everything and asks for a payout.
export async function askForPayout(server: Server) {
  const graduate = await client(server.url, "customers", "graduate@demo.test", "demo-graduate-1");
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const { account_login } = (await graduate.get("/challenges/me/payouts/eligibility")) as { account_login: string };
  for (let tries = 0; tries < 60; tries += 1) {
    const { equity } = (await graduate.get(`/accounts/${account_login}`)) as { equity: string };
    if (Number(equity) > 100_500) break;
    await server.advance(5);
  }
  const { items } = (await staff.get("/prop/journeys?q=graduate")) as { items: { customer_id: string }[] };
  await staff.post(`/customers/${items[0]?.customer_id ?? ""}/kyc`, { status: "approved", reason: "papers seen" }, "PUT");
  await graduate.post(`/accounts/${account_login}/positions/close-all`);
  await graduate.post("/challenges/me/payouts/request");
}
