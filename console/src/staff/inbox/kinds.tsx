import type { Tone } from "../../ui/Badge";

interface Kind {
  name: string;
  /// What is done about it.
  task: string;
  tone: Tone;
  /// Why there are so many of it.
  note?: string;
  /// The page of the console that shows all of it.
  to: string;
}

export const KINDS: Record<string, Kind> = {
  stuck_purchases: { name: "Stuck purchases", task: "Retry, settle or cancel", tone: "bad", to: "#stuck" },
  breaches: { name: "Breaches to review", task: "Confirm or revert", tone: "warn", to: "/staff/breaches?status=pending" },
  payouts_to_approve: { name: "Payouts to approve", task: "Approve or reject", tone: "warn", to: "/staff/payouts?status=pending" },
  payouts_to_approve_second: {
    name: "Payouts that want a second approval",
    task: "Approve or reject",
    tone: "warn",
    to: "/staff/payouts?status=awaiting_second_approval",
  },
  payouts_to_send: { name: "Payouts to send", task: "Order the transfer", tone: "info", to: "/staff/payouts?status=approved" },
  payouts_on_their_way: { name: "Payouts on their way", task: "Mark as paid or return", tone: "info", to: "/staff/payouts?status=disbursing" },
  underpaid_payments: { name: "Underpaid", task: "Approve, decline or wait", tone: "bad", to: "/staff/transactions?status=UNDERPAID" },
  withdrawals: {
    name: "Withdrawals",
    task: "Approve or decline",
    tone: "warn",
    to: "/staff/transactions?status=PENDING&type=WITHDRAWAL",
  },
  payments_waiting: {
    name: "Payments that wait",
    task: "Approve what has come",
    tone: "plain",
    note: "most are unpaid yet",
    to: "/staff/transactions?status=PENDING&type=CHALLENGE_FEE&type=CHALLENGE_RESET_FEE&type=CHALLENGE_ADDON_FEE&type=DEPOSIT",
  },
  refunds_due: {
    name: "Refunds to pay",
    task: "Pay them, then approve",
    tone: "info",
    to: "/staff/transactions?status=PENDING&type=CHALLENGE_FEE_REFUND&type=DEPOSIT_REFUND",
  },
  kyc: { name: "Identities to decide", task: "Approve or reject", tone: "warn", to: "/staff/customers?kyc_status=pending" },
};
