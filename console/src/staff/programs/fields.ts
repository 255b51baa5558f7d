/// How a property of a program is entered.
export interface FieldKind {
  key: string;
  label: string;
  kind: "text" | "amount" | "whole" | "flag" | "choice";
  /// With `choice`. Nothing chosen is null: as the server does it by itself.
  options?: [string, string][];
  hint?: string;
}

export interface FieldGroup {
  title: string;
  fields: FieldKind[];
}

const text = (key: string, label: string, hint?: string): FieldKind => ({ key, label, kind: "text", hint });
const amount = (key: string, label: string, hint?: string): FieldKind => ({ key, label, kind: "amount", hint });
const whole = (key: string, label: string, hint?: string): FieldKind => ({ key, label, kind: "whole", hint });
const flag = (key: string, label: string): FieldKind => ({ key, label, kind: "flag" });
const choice = (key: string, label: string, options: [string, string][]): FieldKind => ({ key, label, kind: "choice", options });

export const GROUPS: FieldGroup[] = [
  {
    title: "Offer",
    fields: [
      text("name", "Name"),
      text("description", "Description"),
      amount("fee_amount", "Price"),
      text("fee_currency", "Currency of the price"),
      amount("reset_fee_amount", "Price of a reset", "Empty: a reset is free."),
      amount("account_size", "Size of the accounts"),
      text("account_currency", "Currency of the accounts", "Must be the currency of the groups."),
      whole("sort_index", "Place in lists", "Smaller comes first."),
    ],
  },
  {
    title: "Losses",
    fields: [
      choice("daily_dd_mode", "Daily loss is counted from", [
        ["equity", "Equity at the reset"],
        ["balance", "Balance at the reset"],
        ["higher_of_balance_and_equity", "The higher of both at the reset"],
        ["initial", "The initial balance"],
        ["intraday_peak", "The peak of the day"],
      ]),
      choice("max_loss_mode", "Maximum loss", [
        ["static", "Static"],
        ["trailing_end_of_day_balance", "Trails the balance at the end of days"],
        ["trailing_end_of_day_higher_of_balance_and_equity", "Trails the higher of both at the end of days"],
        ["trailing_closed_balance", "Trails the balance"],
        ["trailing_intraday_equity", "Trails the equity at every price"],
      ]),
      choice("max_loss_lock_at", "A trailing floor stops at", [
        ["never", "Never"],
        ["initial", "The initial balance"],
        ["target_balance", "The target"],
      ]),
      amount("max_loss_lock_buffer", "Above it by (%)"),
    ],
  },
  {
    title: "Conduct",
    fields: [
      amount("consistency_pct", "Largest share of one day (%)", "Empty: no such rule."),
      choice("consistency_enforcement", "Checked", [
        ["pass", "When the phase is passed"],
        ["payout", "At payouts"],
        ["payout_window", "At payouts, since the last"],
        ["warning", "Only as a warning"],
      ]),
      amount("max_lots_per_symbol", "Most lots of one symbol"),
      whole("min_trade_duration_seconds", "Shortest trade (s)"),
      flag("hedging_same_account", "Opposite positions in an account"),
      flag("hedging_cross_account", "Opposite positions across accounts"),
      flag("ea_allowed", "Trading programs"),
      flag("copy_trading_allowed", "Copied trades"),
      flag("news_blackout_enabled", "Closed around news"),
      whole("news_blackout_seconds_before", "Seconds before news"),
      whole("news_blackout_seconds_after", "Seconds after news"),
      flag("weekend_close_enabled", "Flat over the weekend"),
    ],
  },
  {
    title: "Payouts and fees",
    fields: [
      amount("profit_split_pct", "Share of the trader (%)"),
      choice("payout_cadence", "Rhythm", [
        ["on_demand", "Whenever the trader asks"],
        ["weekly", "Weekly"],
        ["biweekly", "Every two weeks"],
        ["monthly", "Monthly"],
      ]),
      amount("payout_min_amount", "Smallest payout"),
      whole("payout_min_trading_days", "Trading days before a payout"),
      choice("fee_refund_policy", "Fee back with", [
        ["none", "No payout"],
        ["first_payout", "The first payout"],
        ["second_payout", "The second payout"],
        ["third_payout", "The third payout"],
        ["fourth_payout", "The fourth payout"],
      ]),
    ],
  },
];

export const PHASE_FIELDS: FieldKind[] = [
  text("name", "Name"),
  choice("phase_type", "Kind", [
    ["evaluation", "Evaluation"],
    ["funded", "Funded"],
  ]),
  amount("profit_target_pct", "Target (%)", "0: none."),
  amount("daily_dd_pct", "Daily loss (%)", "0: none."),
  amount("max_loss_pct", "Maximum loss (%)"),
  amount("max_daily_profit_pct", "Most profit of a day (%)", "0: no cap."),
  whole("min_trading_days", "Least trading days"),
  whole("duration_days", "Calendar days", "0: unlimited."),
  whole("max_trading_days", "Most trading days", "0: unlimited."),
  whole("max_positions", "Most open positions", "0: any."),
  amount("profit_split_pct", "Share of the trader (%)", "Of a funded phase."),
];
