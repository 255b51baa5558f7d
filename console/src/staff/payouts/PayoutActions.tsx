import { useState } from "react";

import { api, ask } from "../../api/client";
import { moneyText } from "../../format/money";
import { usePermission } from "../../session/SessionContext";
import { Field } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import type { PayoutRow } from "./columns";

/// What one may do with a payout in its state.
export function PayoutActions({ payout: it }: { payout: PayoutRow }) {
  const approves = usePermission("approve_payout");
  const rejects = usePermission("reject_payout");
  const pays = usePermission("disburse_payout");
  const [reference, setReference] = useState("");
  const params = { path: { payout_id: it.id } };
  const current = { state: it.status, now: async () => (await ask(api.GET("/prop/payouts/{payout_id}", { params }))).status };
  const amount = moneyText(it.payout_amount, it.currency);
  const waits = it.status === "pending" || it.status === "awaiting_second_approval";
  const owed = it.status === "approved" || it.status === "disbursing";
  return (
    <>
      {waits && rejects && (
        <Decide
          {...current}
          label="Reject"
          look="danger"
          title={`Reject payout ${it.number}`}
          done={`Payout ${it.number} is rejected; the money is on the account again.`}
          run={(reason) => ask(api.POST("/prop/payouts/{payout_id}/reject", { params, body: { reason } }))}
        >
          <p>What was taken goes back to the account, and the trader is told why.</p>
        </Decide>
      )}
      {waits && approves && (
        <Decide
          {...current}
          label="Approve"
          look="main"
          title={`Approve payout ${it.number}`}
          done={`Payout ${it.number} is approved.`}
          run={(reason) => ask(api.POST("/prop/payouts/{payout_id}/approve", { params, body: { reason } }))}
        >
          <p>From then on the firm owes {amount} to {it.customer_name}. A large amount takes two people.</p>
        </Decide>
      )}
      {owed && pays && (
        <Decide
          {...current}
          label="Return"
          look="danger"
          title={`Return payout ${it.number}`}
          done={`Payout ${it.number} was returned.`}
          run={(reason) => ask(api.POST("/prop/payouts/{payout_id}/return", { params, body: { reason } }))}
        >
          <p>The money could not be sent: it goes back to the account, and the trader can ask again.</p>
        </Decide>
      )}
      {it.status === "approved" && pays && (
        <Decide
          {...current}
          label="Mark as on its way"
          look="main"
          reason="none"
          title={`Payout ${it.number} is on its way`}
          done={`Payout ${it.number} is on its way.`}
          run={() => ask(api.POST("/prop/payouts/{payout_id}/mark-disbursing", { params }))}
        >
          <p>Say so when the transfer of {amount} has been ordered at the bank or the wallet.</p>
        </Decide>
      )}
      {it.status === "disbursing" && pays && (
        <Decide
          {...current}
          label="Mark as paid"
          look="main"
          reason="none"
          title={`Payout ${it.number} is paid`}
          done={`Payout ${it.number} is paid.`}
          run={() => ask(api.POST("/prop/payouts/{payout_id}/mark-paid", { params, body: { reference: reference.trim() || null } }))}
        >
          <p>{amount} has arrived at {it.customer_name}. This ends the payout.</p>
          <Field label="Reference of the transfer (optional)" name="reference" value={reference} maxLength={200} onChange={(event) => setReference(event.target.value)} />
        </Decide>
      )}
    </>
  );
}
