import { describe, expect, it } from "vitest";

import { withNumbers } from "./ownRules";

const OWN = {
  version: 1,
  trading_day: { zone: "Europe/Prague", reset: "00:00" },
  daily_loss: { amount: { percent_of_anchor: 500 }, anchor: "balance" },
  max_loss: { mode: "static", amount: { percent_of_initial: 1000 } },
  passing: {
    profit_target: { amount: { percent_of_initial: 800 }, judged_on: "closed_balance" },
    min_trading_days: 4,
    time_limits: [{ days: 30, from: "activation" }, { days: 20, from: "first_trade", counted_in: "trading_days" }],
  },
  conduct: { max_positions: { limit: 5, effect: "reject_order" } },
};
const BEFORE = {
  profit_target_pct: "8",
  daily_dd_pct: "5",
  max_loss_pct: "10",
  min_trading_days: "4",
  duration_days: "30",
  max_trading_days: "20",
  max_positions: "5",
};

describe("a rule set of a phase's own", () => {
  it("takes the numbers that were changed at their places, and nothing else", () => {
    const after = { profit_target_pct: "7.5", daily_dd_pct: "4", max_loss_pct: "8.25", min_trading_days: "3", duration_days: "60", max_trading_days: "15", max_positions: "2" };
    expect(withNumbers(OWN, after, BEFORE)).toEqual({
      without: [],
      rules: {
        ...OWN,
        daily_loss: { amount: { percent_of_anchor: 400 }, anchor: "balance" },
        max_loss: { mode: "static", amount: { percent_of_initial: 825 } },
        passing: {
          profit_target: { amount: { percent_of_initial: 750 }, judged_on: "closed_balance" },
          min_trading_days: 3,
          time_limits: [{ days: 60, from: "activation" }, { days: 15, from: "first_trade", counted_in: "trading_days" }],
        },
        conduct: { max_positions: { limit: 2, effect: "reject_order" } },
      },
    });
    expect(OWN.max_loss.amount.percent_of_initial).toBe(1000);
  });

  it("loses a rule whose number is taken away", () => {
    const { rules, without } = withNumbers(OWN, { ...BEFORE, profit_target_pct: "0", daily_dd_pct: "", duration_days: "0", max_positions: "0" }, BEFORE);
    expect(without).toEqual([]);
    expect(rules).not.toHaveProperty("daily_loss");
    expect(rules).toMatchObject({ passing: { min_trading_days: 4, time_limits: [{ days: 20 }] }, conduct: {} });
    expect(rules).not.toHaveProperty("passing.profit_target");
  });

  it("has no place for what it says in money, in another rule, or not at all", () => {
    const own = { version: 1, daily_loss: { amount: { fixed_minor: 500000 }, anchor: "balance" } };
    const { rules, without } = withNumbers(own, { daily_dd_pct: "4", max_loss_pct: "8", max_positions: "1", profit_target_pct: "1.234" }, {});
    expect(rules).toEqual(own);
    expect(without).toEqual(["profit_target_pct", "daily_dd_pct", "max_loss_pct", "max_positions"]);
  });
});
