import type { Schemas } from "../../api/client";
import { ruleName } from "./words";

type TimeLimit = Schemas["TimeLimitObject"];

export interface Allowed {
  /// 0 where trading days are not limited.
  max_trading_days: number;
  trading_days: number;
  /// 0 where calendar days are not limited, or counted from the first trade.
  calendar_days: number;
}

export interface TimeRow {
  name: string;
  ends_at: string | null;
  /// Of a limit in trading days.
  used?: { days: number; of: number };
  /// How many calendar days there are in all, where it is known.
  of?: number;
}

/// Limits of time by what they count. One without an end counts trading days, as far as the phase has such a limit; any
/// other waits for its clock.
export function timeRows(limits: TimeLimit[], { max_trading_days, trading_days, calendar_days }: Allowed): TimeRow[] {
  const inTradingDays = max_trading_days > 0 ? limits.findIndex((it) => it.rule_type === "time_limit" && !it.ends_at) : -1;
  // Of two that count calendar days nobody tells which is how long.
  const alone = limits.filter((it, place) => it.rule_type === "time_limit" && place !== inTradingDays).length === 1;
  return limits.map(({ rule_type, ends_at }, place) => {
    if (place === inTradingDays) {
      return { name: "Time limit: trading days", ends_at: null, used: { days: trading_days, of: max_trading_days } };
    }
    if (rule_type !== "time_limit") return { name: ruleName(rule_type), ends_at: ends_at ?? null };
    return { name: "Time limit: calendar days", ends_at: ends_at ?? null, of: (alone && calendar_days) || undefined };
  });
}
