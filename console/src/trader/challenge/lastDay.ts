import type { Schemas } from "../../api/client";
import { type Amount, minus } from "../../format/decimal";
import type { Phase, State } from "./context";

type Day = Schemas["DayObject"];

export interface LastDay {
  /// The phase ended on it: it closes no more.
  over: boolean;
  /// Unix seconds of the end of the phase; 0 while it runs.
  at: number;
  profit: string;
  equity: Amount;
}

/// The day that has not closed: the present one, or that on which the phase ended.
export function lastDay(phase: Phase, state: State | null, days: Day[]): LastDay | null {
  const { end_time: at, final_equity: final, latest_metric: metric } = phase;
  if (at > 0) {
    const closed = days.some((day) => day.phase_id === phase.id && day.end_time >= at);
    if (closed || !metric || metric.daily_start_equity === 0) return null;
    return { over: true, at, profit: minus(final, metric.daily_start_equity), equity: final };
  }
  const start = state?.journey?.day_start;
  if (!state?.equity || !start || state.login !== String(phase.account_login)) return null;
  return { over: false, at: 0, profit: minus(state.equity, start), equity: state.equity };
}
