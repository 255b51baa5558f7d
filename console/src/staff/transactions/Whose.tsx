import { moneyText } from "../../format/money";
import { harmless } from "../kit/harmless";
import type { TransactionRow } from "./columns";

/// Whose money is decided about, on which account, and how much of it.
export function Whose({ row }: { row: TransactionRow }) {
  return (
    <p>
      <strong>{moneyText(row.amount, row.currency)}</strong> of{" "}
      <strong>
        <bdi>{harmless(row.customer_name)}</bdi>
      </strong>
      {row.account_login ? `, account ${row.account_login}` : ", no account yet"}.
    </p>
  );
}
