import { expect, test } from "@playwright/test";

import { startServer } from "./support/server";
import { client } from "./support/staff";

const TEMPLATE = "393db44e-2eec-85f7-8000-000000000001";

test("a stream survives the end of its server, and what is missed meanwhile is shown", async ({ browser }) => {
  const server = await startServer("system");
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  try {
    await page.goto("/console/sign-in");
    await page.getByText("Staff", { exact: true }).click();
    await page.getByLabel("E-mail address").fill("admin@demo.test");
    await page.getByLabel("Password").fill("demo-admin-1");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const mark = page.locator(".live-mark");
    await expect(mark).toHaveText("Live");

    await server.kill();
    await expect(mark).toHaveText("Reconnecting");
    await server.again();
    await expect(mark).toHaveText("Live", { timeout: 45_000 });

    // It is the same page, in the same session, and hears what happens now.
    const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
    const { pending_tx_id } = (await rival.post(`/challenges/${TEMPLATE}/enroll`)) as { pending_tx_id: string };
    const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
    await staff.post(`/transactions/${pending_tx_id}/approve`, { comment: "wire arrived" }, "PATCH");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live board", exact: true }).click();
    await expect(page.getByRole("row").filter({ hasText: "100K Challenge" }).first()).toBeVisible();
  } finally {
    await context.close();
    await server.stop();
  }
});
