import { useState } from "react";
import { useNavigate } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { Select } from "../../ui/Field";
import { CustomerSearch } from "../kit/CustomerSearch";
import { Decide } from "../kit/Decide";
import { useTemplates } from "../programs/useTemplates";

/// A challenge for nothing, for a customer who gets one from the firm.
export function Grant() {
  const [customer_id, setCustomer] = useState("");
  const [template_id, setTemplate] = useState("");
  const templates = useTemplates();
  const go = useNavigate();
  return (
    <Decide
      label="Grant a challenge"
      title="Grant a challenge"
      done="The challenge is granted."
      run={(reason) => ask(api.POST("/prop/journeys/grant", { body: { customer_id, template_id, reason } }))}
      after={(answer) => void go(`/staff/journeys/${(answer as Schemas["GrantJourneyResponse"]).journey_id}`)}
    >
      <p>The customer gets an account at once, and pays nothing.</p>
      <CustomerSearch chosen={customer_id} choose={setCustomer} />
      <Select label="Program" name="template_id" required value={template_id} onChange={(event) => setTemplate(event.target.value)}>
        <option value="">Choose one</option>
        {templates.map((it) => (
          <option key={it.value} value={it.value}>
            {it.name}
          </option>
        ))}
      </Select>
    </Decide>
  );
}
