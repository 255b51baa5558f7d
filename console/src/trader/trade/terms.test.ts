import { expect, it } from "vitest";

import { changesOf, freeAfter, partOf, priceFault, type Term, volumeFault } from "./terms";

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

it("a volume that cannot be dealt is told at once", () => {
  const fault = (text: string) => volumeFault(text, "0.01", "50", "0.01");
  for (const fine of ["1", " 0,5 ", "0.01", "50", "1.10"]) expect(fault(fine)).toBeUndefined();
  for (const none of ["", "  "]) expect(fault(none)).toBe("Enter how many lots.");
  for (const odd of ["abc", "1e3", "1.", "Infinity"]) expect(fault(odd)).toBe("Enter a number, such as 0.5.");
  for (const little of ["0", "-1", "0.001"]) expect(fault(little)).toBe("At least 0.01 lots.");
  expect(fault("50.01")).toBe("At most 50 lots.");
  expect(fault("0.015")).toBe("Only whole steps of 0.01 lots.");
});

it("a price is a number above nothing, or nothing where none is needed", () => {
  expect([priceFault(""), priceFault("105.25"), priceFault("105,25", true)]).toEqual([undefined, undefined, undefined]);
  expect(priceFault("", true)).toBe("Enter a price.");
  for (const odd of ["0", "-1", "x", "1e3"]) expect(priceFault(odd)).toContain("above 0");
});
