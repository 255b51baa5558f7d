import { expect, it } from "vitest";

import { changesOf, freeAfter, partOf, type Term } from "./terms";

const TERMS: Term[] = [
  { name: "stop_loss", label: "Stop loss", now: "99.50" },
  { name: "take_profit", label: "Take profit", now: null },
];

it("only what differs is sent", () => {
  expect(changesOf(TERMS, { stop_loss: "99.50", take_profit: "" })).toEqual({});
  expect(changesOf(TERMS, { stop_loss: "99,5", take_profit: " " })).toEqual({});
  expect(changesOf(TERMS, { stop_loss: "", take_profit: "110" })).toEqual({ stop_loss: null, take_profit: "110" });
  expect(changesOf(TERMS, { stop_loss: "near", take_profit: "" })).toEqual({ stop_loss: "near" });
});

it("half of a position is whole steps", () => {
  expect(partOf("2.0", "0.01", "0.01")).toBe("1.00");
  expect(partOf("0.03", "0.01", "0.01")).toBe("0.01");
  expect(partOf("5", "1", "1")).toBe("2");
  expect(partOf("0.01", "0.01", "0.01")).toBeNull();
});

it("free margin follows what has happened since it was told", () => {
  expect(freeAfter("900.00", "1000.00", "1000.00")).toBe("900.00");
  expect(freeAfter("900.00", "1000.00", "950.50")).toBe("850.50");
  expect(freeAfter("900.00", null, "950.50")).toBe("900.00");
});
