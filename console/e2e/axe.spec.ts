import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { client } from "./support/staff";
import { expect, picture, signIn, test } from "./support/test";

const LOOKS = [
  { name: "wide-light", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "wide-dark", colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { name: "phone-light", colorScheme: "light", viewport: { width: 390, height: 844 } },
  { name: "phone-dark", colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const;

/// Who has something to show on which page.
const PAGES: Record<string, string[]> = {
  trader: ["/", "/programs/1", "/challenges", "/payouts", "/certificates", "/account", "/nowhere"],
  graduate: ["/challenges", "/challenges/4", "/challenges/4/trade", "/challenges/4/deals", "/challenges/4/days", "/challenges/4/rules", "/payouts"],
  diver: ["/challenges/2", "first breach"],
  climber: ["/challenges/1", "/certificates"],
};

async function looksRight(page: Page, name: string) {
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator(".skeleton, .loading")).toHaveCount(0);
  await picture(page, name);
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((it) => it.impact === "serious" || it.impact === "critical");
  expect(serious.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join("\n")}`), name).toEqual([]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

/// A challenge that was never traded and whose program gives fees back.
async function untouched(url: string): Promise<number> {
  const trader = await client(url, "customers", "trader@demo.test", "demo-trader-1");
  const { challenges } = (await trader.get("/prop/challenges")) as { challenges: { id: number; program_id: number; status: number }[] };
  const found = challenges.find((it) => it.program_id === 4 && it.status === 1);
  if (found) return found.id;
  const bought = await trader.post("/prop/challenge/buy", { program_id: 4, payer_login: 100002 });
  return (bought as { challenge: { id: number } }).challenge.id;
}

/// How each dialog is opened: on which page, by which button.
const DIALOGS: Record<string, [page: string, button: RegExp][]> = {
  graduate: [
    ["/challenges/4/trade", /^Stop \/ target of/],
    ["/challenges/4/trade", /^Close part of/],
  ],
  trader: [
    ["/account", /^Withdraw from 100001/],
    ["/account", /^Deposit into 100001/],
    ["/account", /^Erase my data/],
    ["untouched", /^Ask for the fee back/],
  ],
};

for (const { name: look, ...options } of LOOKS) {
  test.describe(look, () => {
    test.use(options);

    test("before the sign-in", async ({ page }) => {
      for (const path of ["sign-in", "register", "forgot"]) {
        await page.goto(`/console/${path}`);
        await looksRight(page, `${look}-${path}`);
      }
    });

    for (const [who, dialogs] of Object.entries(DIALOGS)) {
      test(`dialogs of the ${who}`, async ({ page, server }) => {
        await signIn(page, who);
        for (const [index, [path, button]] of dialogs.entries()) {
          const place = path === "untouched" ? `/challenges/${await untouched(server.url)}` : path;
          await page.goto(`/console${place}`);
          await page.getByRole("button", { name: button }).click();
          await expect(page.getByRole("dialog")).toBeVisible();
          await looksRight(page, `${look}-${who}-dialog-${index}`);
        }
      });
    }

    for (const [who, paths] of Object.entries(PAGES)) {
      test(`pages of the ${who}`, async ({ page }) => {
        await signIn(page, who);
        for (const path of paths) {
          if (path === "first breach") {
            await page.goto("/console/challenges/2");
            await page.getByRole("link", { name: "See exactly what happened" }).click();
            await expect(page.getByText("What happened")).toBeVisible();
          } else {
            await page.goto(`/console${path}`);
          }
          await looksRight(page, `${look}-${who}${path.replaceAll(/[/ ]/g, "-")}`);
        }
      });
    }
  });
}
