import { describe, expect, it } from "vitest";

import { EVENT_KINDS } from "../../live/kinds";
import { touchedBy } from "./touched";

describe("an event", () => {
  it("of any kind makes something out of date", () => {
    for (const kind of EVENT_KINDS) expect(touchedBy(kind), kind).not.toEqual([]);
  });

  it("that needs a person is in the inbox at once", () => {
    for (const kind of ["purchase.stuck", "breach.terminal", "payout.requested", "transaction.underpaid", "customer.kyc_changed"]) {
      expect(touchedBy(kind), kind).toContain("inbox");
    }
  });

  it("that takes a breach back is seen on its page", () => {
    for (const kind of ["breach.reverted", "challenge.revived"]) expect(touchedBy(kind), kind).toEqual(expect.arrayContaining(["inbox", "breaches", "breach"]));
  });
});
