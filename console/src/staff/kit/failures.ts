import { words } from "./words";

const FAILURES: Record<string, string> = {
  PAYMENT_FAILED: "The payment could not be taken from the wallet.",
  ACCOUNT_CREATION_FAILED: "The account could not be opened.",
  INITIAL_BALANCE_FAILED: "The first balance could not be booked to the account.",
  CHALLENGE_CREATION_FAILED: "The challenge could not be begun.",
  CANCELLED: "The customer or staff ended it.",
  PAYMENT_DECLINED: "The payment was declined.",
  PAYMENT_EXPIRED: "Nobody paid in time.",
  ADDON_NOT_APPLIED: "What was bought could not be added: the challenge does not run any more.",
};

/// Why a purchase became nothing, of the server's code for it.
export const failureText = (code: string | null | undefined) => (code ? (FAILURES[code] ?? words(code)) : undefined);
