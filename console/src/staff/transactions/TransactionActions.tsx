import { useState } from "react";

import { api, ask } from "../../api/client";
import { moneyText } from "../../format/money";
import { CheckField, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import { words } from "../kit/words";
import type { TransactionRow } from "./columns";
import { PayTo } from "./PayTo";

interface Props {
  row: TransactionRow;
  may: { decides: boolean; refunds: boolean; charges: boolean; makes: boolean };
}

const FEES = ["challengefee", "challengeresetfee", "challengeaddonfee"];
const CORRECTIONS = ["correctionin", "correctionout"];
const WAITS = ["pending", "underpaid", "overpaid"];
const plain = (text: string) => text.replace(/[_\s]/g, "").toLowerCase();

/// What one may do with a transaction in its state.
export function TransactionActions({ row, may }: Props) {
  const type = plain(row.type);
  const status = plain(row.status);
  const isFee = FEES.includes(type);
  const waits = WAITS.includes(status);
  return (
    <span className="row row-end">
      {waits && may.decides && <Approve row={row} />}
      {waits && may.decides && <Decline row={row} />}
      {status === "approved" && isFee && may.refunds && <Refund row={row} />}
      {status === "approved" && isFee && may.charges && <Chargeback row={row} />}
      {status === "approved" && type === "chargeback" && may.charges && <ReverseChargeback row={row} />}
      {status === "approved" && CORRECTIONS.includes(type) && may.makes && <Reverse row={row} />}
    </span>
  );
}

const what = (row: TransactionRow) => `${words(row.type).toLowerCase()} of ${moneyText(row.amount, row.currency)}`;
const at = (row: TransactionRow) => ({ path: { tx_id: row.id } });

function approvedMeans(type: string): string {
  if (type === "withdrawal") return "Pay it out first: with this it counts as paid, and the money leaves the customer’s wallet.";
  if (type.endsWith("refund")) return "Give it back first: with this it counts as given back.";
  if (type === "deposit") return "The money counts as come: it is put into the customer’s wallet.";
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
      <p>{approvedMeans(plain(row.type))}</p>
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
      <p>{plain(row.type) === "withdrawal" ? "Nothing is paid out: the money is the customer’s to use again." : "It is closed unpaid. What was already received is owed back."}</p>
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
      <Select label="The challenge is" name="effect" value={effect} onChange={(event) => setEffect(event.target.value as typeof effect)}>
        <option value="suspend">suspended until it is settled</option>
        <option value="end">ended for good</option>
      </Select>
    </Decide>
  );
}

function ReverseChargeback({ row }: { row: TransactionRow }) {
  return (
    <Decide
      label="Won back"
      small
      title="The chargeback was won"
      done="The chargeback is taken back."
      run={(reason) => ask(api.POST("/transactions/{tx_id}/chargeback/reverse", { params: at(row), body: { reason } }))}
    >
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
      <p>A second correction takes the first one back; both stay in the books.</p>
    </Decide>
  );
}
