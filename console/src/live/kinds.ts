/// Every kind of event that the server tells of, by its first word.
const KINDS: Record<string, string[]> = {
  purchase: ["awaiting_payment", "in_progress", "stuck", "refund_due", "refunded", "failed", "abandoned"],
  challenge: [
    "activated",
    "reset_requested",
    "reset",
    "addon_requested",
    "addon_applied",
    "phase_passed",
    "phase_started",
    "passed",
    "failed",
    "revived",
    "called_off",
    "fee_refunded",
    "fee_charged_back",
    "chargeback_reversed",
  ],
  account: ["grown", "anchor_set", "anchor_provisional", "margin_call", "margin_call_over", "resumed", "consistency_unmet"],
  breach: ["warning", "terminal", "confirmed", "reverted"],
  payout: ["requested", "first_approved", "approved", "disbursing", "paid", "rejected", "auto_rejected"],
  transaction: ["created", "underpaid", "overpaid", "approved", "declined", "refund_due"],
  customer: ["kyc_changed", "erased"],
  webhook: ["disabled"],
};

export const EVENT_KINDS = Object.entries(KINDS).flatMap(([thing, ends]) => ends.map((end) => `${thing}.${end}`));

/// What an event is about: `payout` of `payout.paid`.
export const subjectOf = (kind: string) => kind.split(".")[0] ?? kind;
