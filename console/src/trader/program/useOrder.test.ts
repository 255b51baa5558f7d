import { expect, it } from "vitest";

import type { Schemas } from "../../api/client";
import { keptOf } from "./useOrder";

type Bought = Schemas["BuyAnswer"];

const answer = (id: number, idempotent: boolean, secret?: string) =>
  ({ purchase: { id }, idempotent, temporary_password: secret }) as unknown as Bought;

it("the answer with the password is not replaced by the repeat of it", () => {
  const first = answer(1, false, "a1b2c3");
  expect(keptOf(first, answer(1, true))).toBe(first);
});

it("another purchase is told, and so is a repeat whose first answer was lost", () => {
  const other = answer(2, false, "d4e5f6");
  expect(keptOf(answer(1, false, "a1b2c3"), other)).toBe(other);
  const repeat = answer(3, true);
  expect(keptOf(null, repeat)).toBe(repeat);
});
