import type { paths } from "../../api/generated/schema";

export type TransactionQuery = NonNullable<paths["/transactions"]["get"]["parameters"]["query"]>;

export const TYPES = [
  "CHALLENGE_FEE",
  "CHALLENGE_FEE_REFUND",
  "CHALLENGE_PAYOUT",
  "CHALLENGE_RESET_FEE",
  "CHALLENGE_ADDON_FEE",
  "DEPOSIT",
  "DEPOSIT_REFUND",
  "WITHDRAWAL",
  "CHARGEBACK",
  "CHARGEBACK_REVERSAL",
  "CORRECTION_IN",
  "CORRECTION_OUT",
] as const;
export const STATUSES = ["PENDING", "UNDERPAID", "OVERPAID", "APPROVED", "DECLINED"] as const;
