import type { TransactionRow } from "./columns";

type Standing = Pick<TransactionRow, "type" | "status" | "fee_state" | "is_reversed" | "chargeback_of" | "related_transaction_id">;

const CORRECTIONS = ["CORRECTION_IN", "CORRECTION_OUT"];

/// What the server would do with a transaction as it stands, whoever asks.
export function offered(row: Standing) {
  const waits = row.status === "PENDING" || row.status === "UNDERPAID";
  const isDone = row.status === "APPROVED";
  const isEarned = row.fee_state === "earned";
  return {
    approve: waits,
    // What is owed to a customer stays owed until it is paid.
    decline: waits && !row.type.endsWith("REFUND"),
    // An add-on goes back with its challenge, and not by itself.
    refund: isEarned && row.type !== "CHALLENGE_ADDON_FEE",
    chargeback: isEarned,
    winBack: row.type === "CHARGEBACK" && isDone && !row.is_reversed && Boolean(row.chargeback_of),
    reverse: CORRECTIONS.includes(row.type) && isDone && !row.is_reversed && !row.related_transaction_id,
  };
}
