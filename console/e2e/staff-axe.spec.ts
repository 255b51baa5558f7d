import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { Server } from "./support/server";
import { asAdmin, askForPayout, client } from "./support/staff";
import { expect, picture, test } from "./support/test";

const LOOKS = [
  { name: "wide-light", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "wide-dark", colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { name: "phone-light", colorScheme: "light", viewport: { width: 390, height: 844 } },
  { name: "phone-dark", colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const;

const PLACES = [
  "",
  "/board",
  "/journeys",
  "/breaches",
  "/payouts",
  "/transactions",
  "/customers",
  "/accounts",
  "/programs",
  "/groups",
  "/promo-codes",
  "/news",
  "/agreements",
  "/mails",
  "/mails/purchase",
  "/people",
  "/tokens",
  "/webhooks",
  "/audit",
  "/health",
  "/security",
  "/journeys?q=nobody-is-called-so",
  "/journeys/00000000-0000-4000-8000-000000000000",
];

interface Hook {
  id: string;
}

const HOOK = { endpoint_url: "https://books.example/hook", events: ["payout.paid"] };

interface Ids {
  journey: string;
  purchase: string;
  customer: string;
  account: string;
  breach: string;
  payout: string;
  webhook: string;
  template: string;
  group: string;
}

/// One of each thing that has a page of its own.
async function idsOf(server: Server): Promise<Ids> {
  const staff = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const payouts = (await staff.get("/prop/payouts")) as { items: unknown[] };
  if (payouts.items.length === 0) {
    await askForPayout(server);
    const rival = await client(server.url, "customers", "rival@demo.test", "demo-rival-1");
    const { items } = (await staff.get("/accounts?search=100003")) as { items: { account_id: string }[] };
    await rival.post("/customers/me/withdraw", { amount: "50", account_id: items[0]?.account_id });
  }
  const hooks = (await staff.get("/webhooks")) as { items: Hook[] };
  const hook = hooks.items[0] ?? ((await staff.post("/webhooks", HOOK)) as Hook);
  const first = async (path: string) => ((await staff.get(path)) as { items: Record<string, string>[] }).items[0] ?? {};
  const journey = await first("/prop/journeys?q=graduate");
  const detail = (await staff.get(`/prop/journeys/${journey["journey_id"] ?? ""}`)) as Record<string, string>;
  const known = ((await staff.get("/prop/templates?q=Clone")) as { items: { id: string }[] }).items[0];
  const seed = await first("/prop/templates");
  const clone = known ?? ((await staff.post(`/prop/templates/${seed["id"] ?? ""}/clone`, { name: "Clone" })) as { id: string });
  return {
    journey: journey["journey_id"] ?? "",
    purchase: detail["purchase_id"] ?? "",
    customer: journey["customer_id"] ?? "",
    account: journey["current_account_login"] ?? "",
    breach: (await first("/prop/breach-events"))["id"] ?? "",
    payout: (await first("/prop/payouts"))["id"] ?? "",
    webhook: hook.id,
    template: clone.id,
    group: (await first("/prop/groups"))["group_id"] ?? "",
  };
}

async function looksRight(page: Page, name: string) {
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator(".skeleton, .loading")).toHaveCount(0);
  await picture(page, name);
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((it) => it.impact === "serious" || it.impact === "critical");
  expect.soft(serious.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join("\n")}`), name).toEqual([]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(wider, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

for (const { name: look, ...options } of LOOKS) {
  test.describe(look, () => {
    test.use(options);
    test.setTimeout(360_000);

    test("every page of the staff", async ({ page, server }) => {
      const ids = await idsOf(server);
      const program = `/programs/${ids.template}`;
      const things = [
        `/journeys/${ids.journey}`,
        `/purchases/${ids.purchase}`,
        `/customers/${ids.customer}`,
        `/accounts/${ids.account}`,
        `/breaches/${ids.breach}`,
        `/payouts/${ids.payout}`,
        `/webhooks/${ids.webhook}`,
        `/groups?group=${ids.group}`,
        program,
        `${program}/edit`,
        `${program}/versions`,
        `${program}/simulation`,
      ];
      await asAdmin(page);
      for (const path of [...PLACES, ...things]) {
        await page.goto(`/console/staff${path}`);
        await looksRight(page, `${look}-staff${path.replace(/[0-9a-f]{8}-[0-9a-f-]+/, "one").replaceAll(/[/?=]/g, "-")}`);
      }
    });

    test("the search of the staff", async ({ page }) => {
      await asAdmin(page);
      await page.goto("/console/staff/board");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.keyboard.press("/");
      await page.getByRole("combobox", { name: "What are you looking for?" }).fill("demo.test");
      await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
      await looksRight(page, `${look}-staff-search`);
    });

    test("a dialog of the staff", async ({ page }) => {
      await asAdmin(page);
      await page.goto("/console/staff/tokens");
      await page.getByRole("button", { name: "New token" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await looksRight(page, `${look}-staff-dialog`);
    });
  });
}
