import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { Status } from "../../ui/Badge";
import { Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { failureText } from "../kit/failures";
import { AccountLink, TwoLines } from "../kit/parts";
import { words } from "../kit/words";

interface Props {
  journey: Schemas["JourneyDetailResponse"];
}

/// Resets, add-ons and money of a journey, where there are some.
export function Further({ journey: it }: Props) {
  return (
    <>
      {it.transactions.length > 0 && (
        <Panel title="Transactions" flush>
          <Table label="Transactions" columns={transactionColumns} rows={it.transactions} rowKey={(row) => row.id} dense />
        </Panel>
      )}
      {it.resets.length > 0 && (
        <Panel title="Resets" flush>
          <Table label="Resets" columns={RESETS} rows={it.resets} rowKey={(row) => row.purchase_id} dense />
        </Panel>
      )}
      {it.additions.length > 0 && (
        <Panel title="Add-ons bought later" flush>
          <Table label="Add-ons" columns={ADDITIONS} rows={it.additions} rowKey={(row) => row.purchase_id} dense />
        </Panel>
      )}
    </>
  );
}

export const transactionColumns: Column<Schemas["JourneyTransaction"]>[] = [
  { name: "Transaction", lead: true, cell: (row) => <TwoLines first={words(row.type)} second={<Time at={row.create_time} />} /> },
  { name: "Amount", number: true, cell: (row) => <Money amount={row.amount} currency={row.currency} /> },
  { name: "Received", number: true, cell: (row) => <Money amount={row.received_amount} currency={row.currency} /> },
  { name: "Decided", cell: (row) => <Time at={row.approve_time ?? row.decline_time} /> },
  { name: "Status", cell: (row) => <Status value={row.status} /> },
];

const RESETS: Column<Schemas["JourneyResetState"]>[] = [
  {
    name: "Reset",
    lead: true,
    cell: (row) => <Link to={`/staff/purchases/${row.purchase_id}`}>Purchase {row.purchase_number}</Link>,
  },
  { name: "Asked for", cell: (row) => <Time at={row.requested_at} /> },
  { name: "Fee", number: true, cell: (row) => <Money amount={row.fee_amount} currency={row.fee_currency} /> },
  { name: "Account", cell: (row) => <AccountLink login={row.login} /> },
  { name: "State", cell: (row) => <TwoLines first={words(row.state)} second={failureText(row.failure_reason)} /> },
];

const ADDITIONS: Column<Schemas["JourneyAddition"]>[] = [
  {
    name: "Add-ons",
    lead: true,
    cell: (row) => <Link to={`/staff/purchases/${row.purchase_id}`}>{row.addon_codes.map(words).join(", ")}</Link>,
  },
  { name: "Asked for", cell: (row) => <Time at={row.requested_at} /> },
  { name: "Fee", number: true, cell: (row) => <Money amount={row.fee_amount} currency={row.fee_currency} /> },
  { name: "State", cell: (row) => <TwoLines first={words(row.state)} second={failureText(row.failure_reason)} /> },
];
