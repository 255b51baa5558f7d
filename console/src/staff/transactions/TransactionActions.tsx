import { useState } from "react";

import { api, ask } from "../../api/client";
import { moneyText } from "../../format/money";
import { CheckField, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import { words } from "../kit/words";
import type { TransactionRow } from "./columns";
import { offered } from "./offered";
import { PayTo } from "./PayTo";
import { payTo } from "./payTo";
import { Whose } from "./Whose";

interface Props {
  row: TransactionRow;
  may: { decides: boolean; refunds: boolean; charges: boolean; makes: boolean };
}

/// What one may do with a transaction in its state.
export function TransactionActions({ row, may }: Props) {
  const can = offered(row);
  return (
    <span className="row row-end">
      {can.approve && may.decides && <Approve row={row} />}
      {can.decline && may.decides && <Decline row={row} />}
      {can.refund && may.refunds && <Refund row={row} />}
      {can.chargeback && may.charges && <Chargeback row={row} />}
      {can.winBack && row.chargeback_of && may.charges && <WonBack row={row} fee={row.chargeback_of} />}
      {can.reverse && may.makes && <Reverse row={row} />}
    </span>
  );
}

const what = (row: TransactionRow) => `${words(row.type).toLowerCase()} of ${moneyText(row.amount, row.currency)}`;
const at = (row: TransactionRow) => ({ path: { tx_id: row.id } });

function approvedMeans({ type, payment_data }: TransactionRow): string {
  if (type === "WITHDRAWAL") {
    const first = payTo(payment_data).length > 0 ? "Pay it out first" : "No place to pay it to was given: ask the customer first";
    return `${first}. Once it is approved it counts as paid, and the money leaves the customer’s wallet.`;
  }
  if (type.endsWith("REFUND")) return "Give it back first: with this it counts as given back.";
  if (type === "DEPOSIT") return "The money counts as come: it is put into the customer’s wallet.";
  return "What was waited for counts as come: a challenge that it pays for begins with it.";
}

function Approve({ row }: { row: TransactionRow }) {
  return (
    <Decide
      label="Approve"
      small
      reason="optional"
      reasonLabel="Comment"
      reasonName="comment"
      title={`Approve the ${what(row)}`}
      done={`The ${what(row)} is approved.`}
      run={(comment) => ask(api.PATCH("/transactions/{tx_id}/approve", { params: at(row), body: { comment: comment || null } }))}
    >
      <Whose row={row} />
      <p>{approvedMeans(row)}</p>
      <PayTo row={row} />
    </Decide>
  );
}

function Decline({ row }: { row: TransactionRow }) {
  return (
    <Decide
      label="Decline"
      small
      look="danger"
      reason="optional"
      reasonLabel="Comment"
      reasonName="comment"
      title={`Decline the ${what(row)}`}
      done={`The ${what(row)} is declined.`}
      run={(comment) => ask(api.PATCH("/transactions/{tx_id}/decline", { params: at(row), body: { comment: comment || null } }))}
    >
      <Whose row={row} />
      <p>{row.type === "WITHDRAWAL" ? "Nothing is paid out: the money is the customer’s to use again." : "It is closed unpaid. What was already received is owed back."}</p>
    </Decide>
  );
}

function Refund({ row }: { row: TransactionRow }) {
  const [override, setOverride] = useState(false);
  return (
    <Decide
      label="Refund"
      small
      title={`Give back the ${what(row)}`}
      done="The refund is owed; it waits in the inbox until it is paid."
      run={(reason) => ask(api.POST("/transactions/{tx_id}/refund", { params: at(row), body: { reason, override } }))}
    >
      <Whose row={row} />
      <p>The challenge ends, everything on it is closed, and the fee goes back as the program’s refund policy says.</p>
      <CheckField label="Also against the refund policy" checked={override} onChange={(event) => setOverride(event.target.checked)} />
    </Decide>
  );
}

function Chargeback({ row }: { row: TransactionRow }) {
  const [effect, setEffect] = useState<"suspend" | "end">("suspend");
  return (
    <Decide
      label="Chargeback"
      small
      look="danger"
      title={`Chargeback of the ${what(row)}`}
      done="The chargeback is taken down."
      run={(reason) => ask(api.POST("/transactions/{tx_id}/chargeback", { params: at(row), body: { reason, effect } }))}
    >
      <Whose row={row} />
      <Select label="The challenge is" name="effect" value={effect} onChange={(event) => setEffect(event.target.value as typeof effect)}>
        <option value="suspend">suspended until it is settled</option>
        <option value="end">ended for good</option>
      </Select>
    </Decide>
  );
}

function WonBack({ row, fee }: { row: TransactionRow; fee: string }) {
  return (
    <Decide
      label="Won back"
      small
      title="The chargeback was won"
      done="The chargeback is taken back."
      run={(reason) => ask(api.POST("/transactions/{tx_id}/chargeback/reverse", { params: { path: { tx_id: fee } }, body: { reason } }))}
    >
      <Whose row={row} />
      <p>The money has come back to the firm. A suspended challenge goes on.</p>
    </Decide>
  );
}

function Reverse({ row }: { row: TransactionRow }) {
  return (
    <Decide
      label="Reverse"
      small
      look="danger"
      title={`Reverse the ${what(row)}`}
      done="The correction is reversed."
      run={(reason) => ask(api.POST("/transactions/{tx_id}/reverse", { params: at(row), body: { reason } }))}
    >
      <Whose row={row} />
      <p>A second correction takes the first one back; both stay in the books.</p>
    </Decide>
  );
}
