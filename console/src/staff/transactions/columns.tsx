import type { Schemas } from "../../api/client";
import { compare } from "../../format/decimal";
import { usePermission } from "../../session/SessionContext";
import { Status } from "../../ui/Badge";
import { Money, Time } from "../../ui/figures";
import type { Column } from "../../ui/Table";
import { AccountLink, CustomerLink, TwoLines } from "../kit/parts";
import { words } from "../kit/words";
import { PayTo } from "./PayTo";
import { TransactionActions } from "./TransactionActions";

export type TransactionRow = Schemas["TransactionResponse"];

const TONES: Record<string, "warn" | "good" | "bad" | "plain"> = {
  pending: "warn",
  underpaid: "bad",
  overpaid: "warn",
  approved: "good",
  declined: "plain",
};

const COLUMNS: Column<TransactionRow>[] = [
  {
    name: "Transaction",
    lead: true,
    cell: (row) => <TwoLines first={words(row.type)} second={<Time at={row.create_time} />} />,
  },
  { name: "Customer", cell: (row) => <CustomerLink id={row.customer_id} name={row.customer_name} /> },
  { name: "Account", cell: (row) => <AccountLink login={row.account_login} /> },
  {
    name: "Amount",
    number: true,
    cell: (row) => (
      <TwoLines
        first={<Money amount={row.amount} currency={row.currency} />}
        second={
          compare(row.received_amount, "0") > 0 &&
          compare(row.received_amount, row.amount) !== 0 && (
            <>
              received <Money amount={row.received_amount} currency={row.currency} />
            </>
          )
        }
      />
    ),
  },
  { name: "By", cell: (row) => row.gate_name || words(row.source) },
  { name: "Status", cell: (row) => <Status value={row.status} tone={TONES[row.status.toLowerCase()]} /> },
  {
    name: "Note",
    cell: (row) => (
      <div className="small soft">
        {row.comment}
        <PayTo row={row} />
      </div>
    ),
  },
];

/// The columns of transactions, with a last one of what the reader may decide.
export function useTransactionColumns(): Column<TransactionRow>[] {
  const decides = usePermission("decide_transaction");
  const refunds = usePermission("refund_fee");
  const charges = usePermission("charge_back_fee");
  const makes = usePermission("make_transaction");
  if (!decides && !refunds && !charges && !makes) return COLUMNS;
  const may = { decides, refunds, charges, makes };
  return [...COLUMNS, { name: "Decide", silent: true, cell: (row) => <TransactionActions row={row} may={may} /> }];
}
