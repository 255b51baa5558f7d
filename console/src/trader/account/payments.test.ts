import { expect, it } from "vitest";

import { canBePaid, heldOf, type Payment, together, type Told, withEvent } from "./payments";

function told(id: number, one: string, status: string): Told {
  const data = { transaction_uuid: one, type: "DEPOSIT", status, amount: "10.00", received: "0.00", currency: "USD" };
  return { id, timestamp: `2026-01-01T00:00:${String(id).padStart(2, "0")}Z`, data };
}

it("events become payments in their last state, the newest first", () => {
  const events = [told(1, "a", "PENDING"), told(2, "b", "PENDING"), told(3, "a", "APPROVED"), told(1, "a", "PENDING")];
  const all = events.reduce<Payment[]>(withEvent, []);
  expect(all.map(({ id, status }) => `${id} ${status}`)).toEqual(["b PENDING", "a APPROVED"]);
  expect(all[1]?.begun).toBe("2026-01-01T00:00:01Z");
  expect(all[1]?.changed).toBe("2026-01-01T00:00:03Z");
});

it("only what he owes himself can be paid", () => {
  const [one] = withEvent([], told(1, "a", "UNDERPAID"));
  if (!one) throw new Error("nothing was heard");
  expect(canBePaid(one)).toBe(true);
  expect(canBePaid({ ...one, type: "WITHDRAWAL" })).toBe(false);
  expect(canBePaid({ ...one, status: "APPROVED" })).toBe(false);
});

it("what was bought from a wallet stands among the payments", () => {
  const bought = { id: 10, payer_login: 100001, amount: 499, amount_account_currency: 499, currency: "USD", payment_status: "paid" };
  const times = { created_time: 1_767_225_602, updated_time: 1_767_225_602 };
  const purchases = [{ ...bought, ...times }, { ...bought, ...times, id: 11, payer_login: 0 }] as Parameters<typeof together>[1];
  const events = [told(1, "a", "PENDING"), told(3, "b", "PENDING")].reduce<Payment[]>(withEvent, []);
  expect(together(events, purchases).map(({ id }) => id)).toEqual(["b", "purchase 10", "a"]);
});

it("what waits to be paid out is told of the wallet that it is held in", () => {
  const free = [
    { login: 100001, balance: 61.5 },
    { login: 100002, balance: 10 },
  ];
  expect(heldOf({ login: "100001", balance: "202.00" }, free)).toBe("140.50");
  expect(heldOf({ login: "100002", balance: "10.00" }, free)).toBeNull();
  expect(heldOf({ login: "100003", balance: "5.00" }, free)).toBeNull();
  expect(heldOf({ login: "100001", balance: "202.00" }, undefined)).toBeNull();
});
