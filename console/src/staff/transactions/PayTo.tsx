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
          <bdi>{name}</bdi>:{" "}
          <strong>
            <bdi>{value}</bdi>
          </strong>
          <br />
        </span>
      ))}
    </p>
  );
}
