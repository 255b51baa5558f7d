import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

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

for (const { name: look, ...options } of LOOKS) {
  test.describe(look, () => {
    test.use(options);

    test("before the sign-in", async ({ page }) => {
      for (const path of ["sign-in", "register", "forgot"]) {
        await page.goto(`/console/${path}`);
        await looksRight(page, `${look}-${path}`);
      }
    });

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
