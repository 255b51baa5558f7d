import { test as base, expect, type Page } from "@playwright/test";

import { type Server, startServer } from "./server";

interface PerWorker {
  server: Server;
}

interface PerTest {
  /// A server for this test alone, for what can be done only once, and a page of it.
  alone: { server: Server; page: Page };
  /// Fails a test whose page asked somebody else, or broke the server's policy.
  watched: undefined;
}

export const test = base.extend<PerTest, PerWorker>({
  server: [
    async ({}, use) => {
      const server = await startServer("manual");
      // The scripted traders pass, breach and get funded meanwhile.
      await server.advance(150);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: ({ server }, use) => use(server.url),
  alone: async ({ browser }, use) => {
    const server = await startServer("manual");
    await server.advance(150);
    const context = await browser.newContext({ baseURL: server.url });
    await use({ server, page: await context.newPage() });
    await context.close();
    await server.stop();
  },
  watched: [
    async ({ context, baseURL }, use) => {
      const faults: string[] = [];
      context.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        const own = new URL(baseURL ?? "").hostname;
        if (protocol.startsWith("http") && hostname !== own) faults.push(`asked ${request.url()}`);
      });
      context.on("console", (message) => {
        if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
      });
      context.on("weberror", (error) => faults.push(String(error.error())));
      await use(undefined);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function signIn(page: Page, who: string) {
  await page.goto("/console/sign-in");
  await page.getByLabel("E-mail address").fill(`${who}@demo.test`);
  await page.getByLabel("Password").fill(`demo-${who}-1`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Programs" })).toBeVisible();
}

export const picture = (page: Page, name: string) => page.screenshot({ path: `e2e-output/${name}.png`, fullPage: true });
