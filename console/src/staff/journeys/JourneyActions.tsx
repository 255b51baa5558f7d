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
  const runs = it.status === "active" || it.status === "pending_payment";
  const failed = it.phases.some((phase) => phase.status === "breached");
  return (
    <>
      {runs && cancels && (
        <Decide
          label="Cancel"
          look="danger"
          title="Cancel the journey"
          done="The journey is cancelled."
          run={(reason) => ask(api.POST("/prop/journeys/{journey_id}/cancel", { params, body: { reason } }))}
        >
          <p>Everything that is open is closed, the account is disabled, and the journey ends. The fee is kept.</p>
        </Decide>
      )}
      {(it.status === "active" || failed) && resets && (
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
