/// Conditions whose two sides are amounts.
const OF_MONEY = new Set(["consistency", "profit", "minimum_amount", "above_floor", "free_margin", "paid_profit"]);

export const isMoney = (name: string) => OF_MONEY.has(name);

export const isInstant = (figure: string) => /^\d{4}-\d\d-\d\dT/.test(figure);

/// What is told of a condition that is met, where what is wanted would read as if it were missing.
const MET: Record<string, string> = {
  account_active: "The funded account is active",
  free_margin: "What is left is enough for the margin of open positions",
  no_open_positions: "No position is open",
  no_payout_in_flight: "No other payout is on its way",
  kyc: "Your identity has been verified",
};

export const told = ({ name, met, message }: { name: string; met: boolean; message: string }) => (met ? (MET[name] ?? message) : message);

/// Where to do something about a condition that is not met.
export function wayOut(name: string, challenge: number): { to: string; words: string } | null {
  if (name === "kyc") return { to: "/account", words: "See how it stands with your identity" };
  if (name === "no_open_positions") return { to: `/challenges/${challenge}/trade`, words: "Close what is open" };
  return null;
}
