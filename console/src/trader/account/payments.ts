import type { Schemas } from "../../api/client";
import { compare, minus, sign } from "../../format/decimal";
import { moneyText } from "../../format/money";

type Purchase = Schemas["PurchaseObject"];

/// What an event about a transaction tells.
export interface Told {
  id: number;
  timestamp: string;
  data: {
    transaction_uuid: string;
    type: string;
    status: string;
    amount: string;
    received: string;
    currency: string;
  };
}

export interface Payment {
  id: string;
  type: string;
  status: string;
  amount: string;
  received: string;
  currency: string;
  begun: string;
  changed: string;
  /// The number of the event that told the last of it.
  event: number;
}

/// The payments after one more event, the newest first. An event that was heard before changes nothing.
export function withEvent(all: Payment[], { id, timestamp, data }: Told): Payment[] {
  const known = all.find((it) => it.id === data.transaction_uuid);
  if (known && known.event >= id) return all;
  const { type, status, amount, received, currency } = data;
  const next: Payment = {
    id: data.transaction_uuid,
    type,
    status,
    amount,
    received,
    currency,
    begun: known?.begun ?? timestamp,
    changed: timestamp,
    event: id,
  };
  if (known) return all.map((it) => (it === known ? next : it));
  return [next, ...all].sort((a, b) => b.begun.localeCompare(a.begun) || b.event - a.event);
}

/// What was bought from a wallet, which is no transaction of its own.
export const ofPurchase = (it: Purchase): Payment => ({
  id: `purchase ${it.id}`,
  type: `Bought from wallet ${it.payer_login}`,
  status: it.payment_status.toUpperCase(),
  amount: String(it.amount_account_currency),
  received: "0",
  currency: it.account_currency ?? it.currency,
  begun: instant(it.created_time),
  changed: instant(it.updated_time),
  event: 0,
});

const instant = (seconds: number) => new Date(seconds * 1000).toISOString();

/// Both, the newest first.
export function together(told: Payment[], purchases: Purchase[]): Payment[] {
  const bought = purchases.filter((it) => it.payer_login > 0 && it.amount > 0).map(ofPurchase);
  return [...told, ...bought].sort((a, b) => b.begun.localeCompare(a.begun));
}

const TYPES: Record<string, string> = {
  CHALLENGE_FEE: "Fee of a challenge",
  CHALLENGE_FEE_REFUND: "Fee given back",
  CHALLENGE_PAYOUT: "Payout",
  CHALLENGE_RESET_FEE: "Fee of a reset",
  CHALLENGE_ADDON_FEE: "Fee of an add-on",
  DEPOSIT: "Deposit",
  DEPOSIT_REFUND: "Deposit given back",
  WITHDRAWAL: "Withdrawal",
  CHARGEBACK: "Taken back by a bank",
  CHARGEBACK_REVERSAL: "A bank’s claim undone",
  CORRECTION_IN: "Correction",
  CORRECTION_OUT: "Correction",
};

export const typeName = (type: string) => TYPES[type] ?? type.replaceAll("_", " ");

/// What is paid by the customer, and waits for the whole of it or the rest.
const PAID_BY_HIM = new Set(["CHALLENGE_FEE", "CHALLENGE_RESET_FEE", "CHALLENGE_ADDON_FEE", "DEPOSIT"]);

export const canBePaid = ({ type, status }: Payment) => PAID_BY_HIM.has(type) && (status === "PENDING" || status === "UNDERPAID");

/// What the state means to him, where it does not say it itself.
export function stateNote({ type, status, received, amount, currency }: Payment): string | null {
  if (sign(received) > 0 && compare(received, amount) !== 0) return `${moneyText(received, currency)} have come in`;
  if (status !== "PENDING") return null;
  return PAID_BY_HIM.has(type) ? "Waits for your payment" : "Waits for the firm";
}

/// What of a wallet's balance waits to be paid out, so that it can be used for nothing else; null where that is nothing.
export function heldOf(
  { login, balance }: Pick<Schemas["AccountListItem"], "login" | "balance">,
  free: Pick<Schemas["PayerObject"], "login" | "balance">[] | undefined,
): string | null {
  const found = free?.find((it) => it.login === Number(login));
  const held = found ? minus(balance, found.balance) : "0";
  return sign(held) > 0 ? held : null;
}
