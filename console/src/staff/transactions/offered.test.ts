import { expect, test } from "vitest";

import { offered } from "./offered";

const row = { type: "CHALLENGE_FEE", status: "APPROVED", fee_state: null, is_reversed: false, chargeback_of: null, related_transaction_id: null };

const names = (change: Partial<Parameters<typeof offered>[0]>) =>
  Object.entries(offered({ ...row, ...change }))
    .filter(([, is]) => is)
    .map(([name]) => name);

test("a fee goes away once", () => {
  expect(names({ fee_state: "earned" })).toEqual(["refund", "chargeback"]);
  expect(names({ fee_state: "earned", status: "OVERPAID" })).toEqual(["refund", "chargeback"]);
  expect(names({ fee_state: "earned", type: "CHALLENGE_ADDON_FEE" })).toEqual(["chargeback"]);
  for (const fee_state of ["refund_due", "refunded", "charged_back"]) expect(names({ fee_state })).toEqual([]);
});

test("a chargeback is won back once, and a correction reversed once", () => {
  const chargeback = { type: "CHARGEBACK", chargeback_of: "fee", related_transaction_id: "fee" };
  expect(names(chargeback)).toEqual(["winBack"]);
  expect(names({ ...chargeback, is_reversed: true })).toEqual([]);
  expect(names({ type: "CHARGEBACK_REVERSAL", related_transaction_id: "chargeback" })).toEqual([]);
  expect(names({ type: "CORRECTION_IN" })).toEqual(["reverse"]);
  expect(names({ type: "CORRECTION_IN", is_reversed: true })).toEqual([]);
  expect(names({ type: "CORRECTION_OUT", related_transaction_id: "the first" })).toEqual([]);
});

test("what waits is decided, but what is owed is not declined", () => {
  expect(names({ status: "PENDING" })).toEqual(["approve", "decline"]);
  expect(names({ status: "UNDERPAID", type: "DEPOSIT" })).toEqual(["approve", "decline"]);
  for (const type of ["CHALLENGE_FEE_REFUND", "DEPOSIT_REFUND"]) expect(names({ status: "PENDING", type })).toEqual(["approve"]);
});
