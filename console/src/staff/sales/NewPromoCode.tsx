import { useState } from "react";

import { api, ask } from "../../api/client";
import { CheckField, Field, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import { useTemplates } from "../programs/useTemplates";

const EMPTY = { code: "", description: "", kind: "percent", value: "", currency: "USD", until: "", total: "", each: "", first: false, template: "" };

export function NewPromoCode() {
  const [it, setIt] = useState(EMPTY);
  const templates = useTemplates();
  const set = (part: Partial<typeof EMPTY>) => setIt({ ...it, ...part });
  const whole = (text: string) => (text === "" ? null : Number(text));
  return (
    <Decide
      label="New code"
      look="main"
      reason="none"
      title="A new promo code"
      done={`${it.code.toUpperCase()} can be used.`}
      run={() =>
        ask(
          api.POST("/promo-codes", {
            body: {
              code: it.code.trim(),
              description: it.description,
              ...(it.kind === "percent" ? { discount_percent: it.value } : { discount_amount: it.value, currency: it.currency }),
              valid_to: it.until ? new Date(it.until).toISOString() : null,
              total_limit: whole(it.total),
              per_customer_limit: whole(it.each),
              first_purchase_only: it.first,
              template_ids: it.template ? [it.template] : [],
            },
          }),
        )
      }
      after={() => setIt(EMPTY)}
    >
      <div className="form-row">
        <Field label="Code" name="code" required maxLength={40} value={it.code} onChange={(event) => set({ code: event.target.value })} />
        <Field label="For yourself" name="description" maxLength={200} value={it.description} onChange={(event) => set({ description: event.target.value })} />
      </div>
      <div className="form-row">
        <Select label="Takes off" value={it.kind} onChange={(event) => set({ kind: event.target.value })}>
          <option value="percent">Percent</option>
          <option value="amount">An amount</option>
        </Select>
        <Field
          label={it.kind === "percent" ? "How many percent" : "How much"}
          name={it.kind === "percent" ? "discount_percent" : "discount_amount"}
          inputMode="decimal"
          required
          value={it.value}
          onChange={(event) => set({ value: event.target.value.trim() })}
        />
        {it.kind === "amount" && (
          <Field label="Currency" name="currency" required maxLength={3} value={it.currency} onChange={(event) => set({ currency: event.target.value.toUpperCase() })} />
        )}
      </div>
      <Select label="For" value={it.template} onChange={(event) => set({ template: event.target.value })}>
        <option value="">All programs</option>
        {templates.map((one) => (
          <option key={one.value} value={one.value}>
            {one.name}
          </option>
        ))}
      </Select>
      <div className="form-row">
        <Field label="Until (optional)" name="valid_to" type="datetime-local" value={it.until} onChange={(event) => set({ until: event.target.value })} />
        <Field label="Uses in all (optional)" name="total_limit" type="number" min={1} value={it.total} onChange={(event) => set({ total: event.target.value })} />
        <Field label="Uses of each (optional)" name="per_customer_limit" type="number" min={1} value={it.each} onChange={(event) => set({ each: event.target.value })} />
      </div>
      <CheckField label="For first purchases only" checked={it.first} onChange={(event) => set({ first: event.target.checked })} />
    </Decide>
  );
}
