import { expect, it } from "vitest";

import { listPrice, mayPay, toldPrice } from "./price";

const PROGRAM = { price: 499, price_currency: "USD" };
const ADDONS = [
  { code: "a", fee_amount: 49.9 },
  { code: "b", fee_amount: 10 },
];

it("the price on the page has the add-ons that are chosen", () => {
  expect(listPrice(PROGRAM, ADDONS, [])).toBe(499);
  expect(listPrice(PROGRAM, ADDONS, ["a"])).toBe("548.9");
  expect(listPrice(PROGRAM, ADDONS, ["a", "b"])).toBe("558.9");
});

it("what a code leaves is known from a wallet without money too, in its own currency alone", () => {
  const blocked = { can_buy: false, message: "", block_reason_message: "", available_balance: 0 };
  const poor = { ...blocked, reason: "NOT_ENOUGH_FUNDS", required_amount: 449 };
  expect(toldPrice(poor, "USD", "USD")).toBe(449);
  expect(toldPrice(poor, "EUR", "USD")).toBeUndefined();
  expect(toldPrice({ ...poor, reason: "PROMO_CODE_UNKNOWN" }, "USD", "USD")).toBeUndefined();
  expect(toldPrice(undefined, undefined, "USD")).toBeUndefined();
});

it("an account of a challenge is never offered to pay from", () => {
  expect(mayPay({ block_reason: "PAYER_ACCOUNT_NOT_REAL" })).toBe(false);
  expect(mayPay({ block_reason: "PAYER_ACCOUNT_DISABLED" })).toBe(false);
  expect(mayPay({ block_reason: "NOT_ENOUGH_FUNDS" })).toBe(true);
  expect(mayPay({ block_reason: null })).toBe(true);
});
