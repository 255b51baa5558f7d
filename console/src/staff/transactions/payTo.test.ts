import { expect, test } from "vitest";

import { payTo } from "./payTo";

test("each thing that was said stands there, whatever it is", () => {
  expect(payTo({ pay_to: "DE02 1203 0000", account_holder: "Tina", more: { bic: "X" } })).toEqual([
    { name: "Pay to", value: "DE02 1203 0000" },
    { name: "Account holder", value: "Tina" },
    { name: "More", value: '{"bic":"X"}' },
  ]);
  expect(payTo({ pay_to: "DE02\u202E30", a: ["\u200B"] })).toEqual([
    { name: "Pay to", value: "DE02[U+202E]30" },
    { name: "A", value: '["[U+200B]"]' },
  ]);
  expect(payTo({})).toEqual([]);
});
