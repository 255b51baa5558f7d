import { expect, it } from "vitest";

import { isInstant, told, wayOut } from "./conditions";

it("what is met reads so", () => {
  const one = { name: "no_open_positions", message: "No position may be open" };
  expect(told({ ...one, met: false })).toBe("No position may be open");
  expect(told({ ...one, met: true })).toBe("No position is open");
  expect(told({ name: "anything", met: true, message: "As the server says" })).toBe("As the server says");
});

it("an instant is told from other words", () => {
  expect(isInstant("2026-01-01T00:00:00Z")).toBe(true);
  expect(isInstant("approved")).toBe(false);
});

it("what can be done about a condition is one step away", () => {
  expect(wayOut("no_open_positions", 4)?.to).toBe("/challenges/4/trade");
  expect(wayOut("profit", 4)).toBeNull();
});
