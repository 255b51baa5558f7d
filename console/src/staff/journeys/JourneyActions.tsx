import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { CheckField } from "../../ui/Field";
import { Decide } from "../kit/Decide";

interface Props {
  journey: Schemas["JourneyDetailResponse"];
}

/// What one may do with a journey in its state.
export function JourneyActions({ journey: it }: Props) {
  const cancels = usePermission("cancel_journey");
  const resets = usePermission("reset_journey");
  const refunds = usePermission("refund_fee");
  const params = { path: { journey_id: it.journey_id } };
  const waits = it.status === "pending_payment";
  const failed = it.phases.some((phase) => phase.status === "breached");
  return (
    <>
      {waits && cancels && (
        <Decide
          label="Cancel"
          look="danger"
          title={it.started_at ? "Cancel the reset" : "Cancel the journey"}
          done={it.started_at ? "The reset is cancelled." : "The journey is cancelled."}
          run={(reason) => ask(api.POST("/prop/journeys/{journey_id}/cancel", { params, body: { reason } }))}
        >
          <p>
            {it.started_at
              ? "The reset was not paid: its fee is declined, and the journey stays as it is. What came in for it in part is owed back."
              : "The fee was not paid: it is declined, the account is closed, and the journey ends. What came in for it in part is owed back."}
          </p>
        </Decide>
      )}
      {(it.status === "active" || (failed && !waits)) && resets && (
        <Decide
          label="Reset"
          title="Reset the journey"
          done="The reset is under way."
          run={(reason) => ask(api.POST("/prop/journeys/{journey_id}/reset", { params, body: { reason } }))}
        >
          <p>The phase begins anew on another account. If the program asks for a reset fee, it waits for that first.</p>
        </Decide>
      )}
      {it.total_paid > 0 && refunds && <Refund journey={it} />}
    </>
  );
}

function Refund({ journey: it }: Props) {
  const [override, setOverride] = useState(false);
  return (
    <Decide
      label="Refund the fee"
      title="Give the fee back"
      done="The fee goes back."
      run={(reason) =>
        ask(
          api.POST("/prop/journeys/{journey_id}/refund", {
            params: { path: { journey_id: it.journey_id } },
            body: { reason, override },
          }),
        )
      }
    >
      <p>The journey ends, everything on it is closed, and the fee goes back as the program’s refund policy says.</p>
      <CheckField label="Also against the refund policy" checked={override} onChange={(event) => setOverride(event.target.checked)} />
    </Decide>
  );
}
