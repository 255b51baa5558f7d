import { expect, it } from "vitest";

import type { Detail } from "./context";
import { promised } from "./refund";

function detail(changed: object = {}, kept_pct = 10): Detail {
  return {
    challenge: { status: 1, start_time: 1_000 },
    program: { refund_policy: { within_days: 14, kept_pct, text: "" } },
    purchase: { status_name: "active", payment_status: "paid", amount: 459, currency: "EUR" },
    phases: [{}],
    ...changed,
  } as unknown as Detail;
}

it("what goes back is the price without what the firm keeps", () => {
  expect(promised(detail(), false, 2_000)).toEqual({ back: "413.10", currency: "EUR", kept_pct: 10, until: 1_000 + 14 * 86_400 });
  expect(promised(detail({}, 33.33), false, 2_000)?.back).toBe("306.02");
});

it("nothing is promised after a trade, in time or without a policy", () => {
  expect(promised(detail(), true, 2_000)).toBeNull();
  expect(promised(detail(), false, 1_001 + 14 * 86_400)).toBeNull();
  expect(promised(detail({ program: { refund_policy: null } }), false, 2_000)).toBeNull();
  expect(promised(detail({ challenge: { status: 3, start_time: 1_000 } }), false, 2_000)).toBeNull();
  expect(promised(detail({ phases: [{}, {}] }), false, 2_000)).toBeNull();
});
