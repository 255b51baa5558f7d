import type { TransactionRow } from "./columns";
import { payTo } from "./payTo";

/// Where a withdrawal is to be paid to.
export function PayTo({ row }: { row: TransactionRow }) {
  const said = payTo(row.payment_data);
  if (said.length === 0) return null;
  return (
    <p className="pay-to">
      {said.map(({ name, value }) => (
        <span key={name}>
          {name}: <strong>{value}</strong>
          <br />
        </span>
      ))}
    </p>
  );
}
