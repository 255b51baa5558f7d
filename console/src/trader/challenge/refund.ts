import { minus, percentOf } from "../../format/decimal";
import { minorDigits } from "../../format/money";
import type { Detail } from "./context";

const DAY = 86_400;

/// What is asked back is promised for so long.
export interface Back {
  /// Of the price, in its currency.
  back: string;
  currency: string;
  kept_pct: number;
  /// Unix seconds.
  until: number;
}

/// What the program promises to whoever asks before anything was traded. The server decides; this leaves out what it would refuse.
export function promised({ challenge, program, purchase, phases }: Detail, traded: boolean, now: number): Back | null {
  const policy = program.refund_policy;
  if (!policy || traded || challenge.status !== 1 || phases.length > 1) return null;
  if (purchase.status_name !== "active" || purchase.payment_status !== "paid" || purchase.amount <= 0) return null;
  const until = challenge.start_time + policy.within_days * DAY;
  if (now > until) return null;
  const { amount, currency } = purchase;
  const kept = percentOf(amount, policy.kept_pct, minorDigits(currency));
  return { back: minus(amount, kept), currency, kept_pct: policy.kept_pct, until };
}
