import { expect, it } from "vitest";

import { troubleOf } from "./unfinished";

it("a fee that a bank has taken back is no purchase that did not go through", () => {
  expect(troubleOf({ next_action: "CONTACT_SUPPORT", payment_status: "charged_back" })).toBe("charged_back");
  expect(troubleOf({ next_action: "CONTACT_SUPPORT", payment_status: "paid" })).toBe("stuck");
  expect(troubleOf({ next_action: "RETRY", payment_status: "failed" })).toBe("retry");
  expect(troubleOf({ next_action: "OPEN_CHALLENGE", payment_status: "paid" })).toBeNull();
});
