import { useState } from "react";

import { api, ask } from "../../api/client";
import { isDecimal } from "../../format/decimal";
import { CheckField, Field } from "../../ui/Field";
import { Decide } from "../kit/Decide";

/// Sets what the daily floor is counted from, where the server had to guess it.
export function SetAnchor({ account_id, currency }: { account_id: string; currency: string }) {
  const [anchor, setAnchor] = useState("");
  const [mayBreach, setMayBreach] = useState(false);
  return (
    <Decide
      label="Set the day’s anchor"
      title="Set what the day is counted from"
      done="The floor of the day is counted from the new anchor."
      run={(reason) =>
        ask(
          api.POST("/prop/accounts/{account_id}/anchor", {
            params: { path: { account_id } },
            body: { anchor, reason, may_breach: mayBreach },
          }),
        )
      }
    >
      <p>For a day that began without prices: the floor is marked as provisional until somebody has looked at it.</p>
      <Field
        label={`Anchor in ${currency}`}
        name="anchor"
        inputMode="decimal"
        required
        value={anchor}
        onChange={(event) => setAnchor(event.target.value.trim())}
        fault={anchor && !isDecimal(anchor) ? "An amount like 100000.00." : undefined}
      />
      <CheckField label="Also when the account breaches by it at once" checked={mayBreach} onChange={(event) => setMayBreach(event.target.checked)} />
    </Decide>
  );
}
