import { expect, it } from "vitest";

import { timeRows } from "./timeLimits";

const limit = (rule_type: string, ends_at: string | null = null) => ({ rule_type, ends_at, is_resting: false });
const END = "2026-12-22T00:00:00Z";

it("calendar days and trading days are told apart", () => {
  const rows = timeRows([limit("time_limit", END), limit("time_limit")], { max_trading_days: 20, trading_days: 3, calendar_days: 30 });
  expect(rows).toEqual([
    { name: "Time limit: calendar days", ends_at: END, of: 30 },
    { name: "Time limit: trading days", ends_at: null, used: { days: 3, of: 20 } },
  ]);
});

it("a clock that does not run yet is no limit of trading days", () => {
  const none = { max_trading_days: 0, trading_days: 0, calendar_days: 0 };
  expect(timeRows([limit("time_limit"), limit("inactivity")], none)).toEqual([
    { name: "Time limit: calendar days", ends_at: null, of: undefined },
    { name: "Inactivity", ends_at: null },
  ]);
});
