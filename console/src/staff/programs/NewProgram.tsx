import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { moneyText } from "../../format/money";
import { Field, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";

/// A program from a ready-made one. It is not on sale until somebody puts it there.
export function NewProgram() {
  const [name, setName] = useState("");
  const [preset, setPreset] = useState("");
  const go = useNavigate();
  const presets = useQuery({
    queryKey: ["presets"],
    queryFn: ({ signal }) => ask(api.GET("/prop/program-presets", { signal })),
    staleTime: 600_000,
  });
  const items = presets.data?.items ?? [];
  const chosen = items.find((it) => it.code === preset);
  return (
    <Decide
      label="New program"
      look="main"
      reason="none"
      title="A new program"
      done="The program is made. It is not on sale yet."
      run={() => ask(api.POST("/prop/templates", { body: { name: name.trim(), preset } }))}
      after={(answer) => void go(`/staff/programs/${(answer as Schemas["TemplateResponse"]).id}/edit`)}
    >
      <Field label="Name" name="name" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <Select label="Begin with" name="preset" required value={preset} onChange={(event) => setPreset(event.target.value)}>
        <option value="">Choose a ready-made program</option>
        {items.map((it) => (
          <option key={it.code} value={it.code}>
            {it.name}, {moneyText(it.fee_amount, it.fee_currency)}
          </option>
        ))}
      </Select>
      {chosen && (
        <p className="small soft">
          {chosen.description} Phases: {chosen.phases.map((phase) => phase.name).join(", ")}.
        </p>
      )}
    </Decide>
  );
}
