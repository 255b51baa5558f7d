import type { Page } from "@playwright/test";

import { expect, picture, signIn, test } from "./support/test";

async function trading(page: Page) {
  await signIn(page, "trader");
  await page.goto("/console/programs/1");
  await page.getByRole("button", { name: "Buy from the wallet" }).click();
  await page.getByRole("button", { name: "Go to the challenge" }).click();
  await page.getByRole("link", { name: "Place the first trade" }).click();
  await page.getByRole("button", { name: /DEMOWAVE/ }).click();
}

const priceOf = async (page: Page, side: "Buy" | "Sell") =>
  Number((await page.getByRole("button", { name: new RegExp(`^${side} [0-9]`) }).innerText()).replaceAll(/[^\d.]/g, ""));

test("a position gets a stop and a target, and is closed in part; an order waits, is changed and cancelled", async ({ alone: { page } }) => {
  await trading(page);
  await page.getByLabel("Volume in lots").fill("2");
  const freeThen = page.getByText("free margin then");
  await expect(freeThen).toBeVisible();
  const before = await freeThen.innerText();
  await page.getByRole("button", { name: /^Buy [0-9]/ }).dblclick();
  await expect(page.getByRole("button", { name: "Close buy 2.0 DEMOWAVE" })).toHaveCount(1);
  // The clock stands still, and what would be free is told anew all the same.
  await expect(freeThen).not.toHaveText(before);

  const price = await priceOf(page, "Sell");
  await page.getByRole("button", { name: "Stop / target of buy 2.0 DEMOWAVE" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Change it" })).toBeDisabled();
  await dialog.getByLabel("Stop loss").fill(String(price + 5));
  await dialog.getByRole("button", { name: "Change it" }).click();
  await expect(dialog.getByText("BAD_STOPS")).toBeVisible();
  await dialog.getByLabel("Stop loss").fill((price - 20).toFixed(2));
  await dialog.getByLabel("Take profit").fill((price + 20).toFixed(2));
  await picture(page, "stops");
  await dialog.getByRole("button", { name: "Change it" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("table", { name: "Open positions" }).getByRole("row").filter({ hasText: "DEMOWAVE" });
  await expect(row).toContainText(`${(price - 20).toFixed(2)} / ${(price + 20).toFixed(2)}`);

  await page.getByRole("button", { name: "Close part of buy 2.0 DEMOWAVE" }).click();
  await expect(dialog.getByLabel("Lots to close")).toHaveValue("1.00");
  await dialog.getByLabel("Lots to close").fill("0.5");
  await picture(page, "part");
  await dialog.getByRole("button", { name: "Close this part" }).click();
  await expect(page.getByRole("button", { name: "Close buy 1.5 DEMOWAVE" })).toBeVisible();

  await page.getByLabel("Order", { exact: true }).selectOption("limit");
  await page.getByLabel("Price", { exact: true }).fill((price - 30).toFixed(2));
  await page.getByRole("button", { name: /^Buy [0-9]/ }).click();
  const orders = page.getByRole("table", { name: "Waiting orders" });
  await expect(orders).toBeVisible();
  await page.getByRole("button", { name: "Change limit buy 2.0 DEMOWAVE" }).click();
  await dialog.getByLabel("Price").fill((price - 40).toFixed(2));
  await dialog.getByRole("button", { name: "Change it" }).click();
  await expect(orders).toContainText((price - 40).toFixed(2));
  await picture(page, "trade-waiting");
  await page.getByRole("button", { name: "Cancel limit buy 2.0 DEMOWAVE" }).click();
  await expect(orders).toBeHidden();
  await page.getByRole("button", { name: "Close buy 1.5 DEMOWAVE" }).click();
  await expect(page.getByText("No position is open")).toBeVisible();
});

test("the ticket says what does not fit, the board is one stop for Tab, and a wrong address is no form", async ({ alone: { page } }) => {
  await trading(page);
  await expect(page.getByText("This is a demo: how to play it")).toBeVisible();
  const volume = page.getByLabel("Volume in lots");
  const buy = page.getByRole("button", { name: /^Buy [0-9]/ });
  await volume.fill("1e3");
  await expect(page.getByText("Enter a number, such as 0.5.")).toBeVisible();
  await expect(buy).toBeDisabled();
  await picture(page, "trade-volume");
  await volume.fill("1");
  await expect(buy).toBeEnabled();

  await page.getByRole("button", { name: /DEMOWAVE/ }).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".quote").nth(1)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(volume).toBeFocused();

  for (const place of ["challenges/abc", "breaches/x"]) {
    await page.goto(`/console/${place}`);
    await expect(page.getByText("This page is not here")).toBeVisible();
    await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
  }
});
