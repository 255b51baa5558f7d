import { subjectOf } from "../../live/kinds";

/// What is shown of each thing that events are about, by the first word of its query key.
const TOUCHED: Record<string, string[]> = {
  purchase: ["inbox", "attention", "purchase", "journeys", "journey"],
  // Of a breach that is taken back it is told that the challenge goes on.
  challenge: ["inbox", "journeys", "journey", "board", "account", "breaches", "breach"],
  account: ["account", "accounts", "board"],
  breach: ["inbox", "breaches", "breach", "journey", "account"],
  payout: ["inbox", "payouts", "payout", "journey", "transactions"],
  transaction: ["inbox", "transactions", "purchase", "journey"],
  customer: ["inbox", "customers", "customer"],
  webhook: ["webhooks", "webhook"],
};

/// The queries that an event makes out of date.
export const touchedBy = (kind: string): string[] => TOUCHED[subjectOf(kind)] ?? [];
