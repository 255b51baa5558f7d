import { asAdmin, askForPayout, client } from "./support/staff";
import { expect, test } from "./support/test";

test("who decides is told when a colleague was quicker", async ({ alone: { page, server } }) => {
  await askForPayout(server);
  const colleague = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const dialog = page.getByRole("dialog");
  await asAdmin(page);

  const payouts = (await colleague.get("/prop/payouts")) as { items: { id: string }[] };
  const payout = `/prop/payouts/${payouts.items[0]?.id ?? ""}`;
  await page.goto(`/console/staff${payout.slice("/prop".length)}`);
  await page.getByRole("button", { name: "Reject", exact: true }).click();
  await expect(dialog.getByLabel("Reason")).toBeFocused();
  await page.keyboard.type("The papers do not fit");
  await colleague.post(`${payout}/approve`, { reason: "fits" });
  await expect(dialog.getByText("It is approved now.", { exact: false })).toBeVisible();
  await expect(dialog.getByLabel("Reason that you have written")).toHaveValue("The papers do not fit");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(dialog).toBeHidden();

  const breaches = (await colleague.get("/prop/breach-events?review_status=pending")) as { items: { id: string; severity: string }[] };
  const id = breaches.items.find((it) => it.severity === "terminal")?.id ?? "";
  await page.goto(`/console/staff/breaches/${id}`);
  await page.getByRole("button", { name: "Revert", exact: true }).click();
  await dialog.getByLabel("Reason").fill("A wrong price");
  await colleague.post(`/prop/breach-events/${id}/approve`, { reason: "stands" });
  await expect(dialog.getByText("It has changed since you opened this")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Revert", exact: true })).toBeDisabled();
  await dialog.getByRole("button", { name: "Go on all the same" }).click();
  await expect(dialog.getByRole("button", { name: "Revert", exact: true })).toBeEnabled();
  await colleague.post(`/prop/breach-events/${id}/revert`, { reason: "the price was wrong", restore: "none" });
  await expect(dialog.getByText("It is reverted now.", { exact: false })).toBeVisible();
});

test("a program with rules of its own is changed by its numbers, upon what a colleague has saved meanwhile", async ({ page, server }) => {
  const colleague = await client(server.url, "users", "admin@demo.test", "demo-admin-1");
  const presets = (await colleague.get("/prop/program-presets")) as { items: { code: string; name: string }[] };
  const code = presets.items.find((it) => it.name.startsWith("Two Steps"))?.code;
  const { id } = (await colleague.post("/prop/templates", { preset: code, name: "Together" })) as { id: string };
  await asAdmin(page);
  await page.goto(`/console/staff/programs/${id}/edit`);
  await page.getByLabel("Target (%)").first().fill("9");
  await page.getByLabel("Least trading days").first().fill("3");
  await expect(page.getByText("The server would take it.")).toBeVisible();
  await page.getByLabel("Most open positions").first().fill("3");
  await expect(page.getByText("Choose under “Rules”", { exact: false }).first()).toBeVisible();
  await page.getByLabel("Most open positions").first().fill("0");
  await expect(page.getByText("The server would take it.")).toBeVisible();

  await colleague.post(`/prop/templates/${id}`, { fee_amount: "333" }, "PATCH");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Somebody else has saved version 2 meanwhile")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await expect(page.getByLabel("Target (%)").first()).toHaveValue("9");
  await page.getByRole("button", { name: "Keep mine on top of it" }).click();
  await expect(page.getByLabel("Price", { exact: true })).toHaveValue("333");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("a profit of 9 % of the initial balance", { exact: false })).toBeVisible();
});
