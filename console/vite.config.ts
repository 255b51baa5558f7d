import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { packed } from "./scripts/packed.ts";

const server = process.env.TOUCHSTONE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [react(), packed()],
  build: {
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // Whatever is not the console's own is the server's, sessions too.
    proxy: { "^/(?!console/)": server, "^/console/session": server },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
