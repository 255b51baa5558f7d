import { expect, test } from "vitest";

import { payTo } from "./payTo";

test("each thing that was said stands there, whatever it is", () => {
  expect(payTo({ pay_to: "DE02 1203 0000", account_holder: "Tina", more: { bic: "X" } })).toEqual([
    { name: "Pay to", value: "DE02 1203 0000" },
    { name: "Account holder", value: "Tina" },
    { name: "More", value: '{"bic":"X"}' },
  ]);
  expect(payTo({})).toEqual([]);
});
