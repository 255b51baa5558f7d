import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";

/// Confirm, or take back, while a review is wanted.
export function ReviewActions({ breach }: { breach: Schemas["BreachEventDetail"] }) {
  const may = usePermission("review_breach");
  const [restore, setRestore] = useState<"none" | "equity_before">("none");
  if (!may || breach.review_status === "reverted") return null;
  const params = { path: { breach_id: breach.id } };
  const current = { state: breach.review_status, now: async () => (await ask(api.GET("/prop/breach-events/{breach_id}", { params }))).review_status };
  const terminal = breach.severity === "terminal";
  return (
    <>
      <Decide
        {...current}
        label="Revert"
        look="danger"
        title="Take the breach back"
        done="The breach is taken back; the account runs as before."
        run={(reason) => ask(api.POST("/prop/breach-events/{breach_id}/revert", { params, body: { reason, restore } }))}
      >
        <p>Account, journey and floors are as they were before it. What was closed stays closed.</p>
        {terminal && (
          <Select label="What the closing has cost" name="restore" value={restore} onChange={(event) => setRestore(event.target.value as typeof restore)}>
            <option value="none">stays with the trader</option>
            <option value="equity_before">is given back: equity as before the breach</option>
          </Select>
        )}
      </Decide>
      {breach.review_status === "pending" && (
        <Decide
          {...current}
          label="Confirm"
          look="main"
          title="Confirm the breach"
          done="The breach is confirmed."
          run={(reason) => ask(api.POST("/prop/breach-events/{breach_id}/approve", { params, body: { reason } }))}
        >
          <p>The decision of the server stands. The trader can read your reason with his challenge.</p>
        </Decide>
      )}
    </>
  );
}
