import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { Status } from "../../ui/Badge";
import { Money, Time } from "../../ui/figures";
import type { Column } from "../../ui/Table";
import { AccountLink, CustomerLink, TwoLines } from "../kit/parts";

export type PayoutRow = Schemas["StaffPayoutObject"];

export const payoutColumns: Column<PayoutRow>[] = [
  {
    name: "Payout",
    lead: true,
    cell: (row) => (
      <TwoLines first={<Link to={`/staff/payouts/${row.id}`}>No. {row.number}</Link>} second={<Time at={row.requested_at} />} />
    ),
  },
  { name: "Trader", cell: (row) => <CustomerLink id={row.customer_id} name={row.customer_name} /> },
  { name: "Account", cell: (row) => <AccountLink login={row.account_login} /> },
  { name: "To the trader", number: true, cell: (row) => <Money amount={row.payout_amount} currency={row.currency} /> },
  { name: "To the firm", number: true, cell: (row) => <Money amount={row.firm_amount} currency={row.currency} /> },
  { name: "State", cell: (row) => <Status value={row.status} /> },
];
