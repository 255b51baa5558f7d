import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { Field } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import type { Template } from "./ProgramFrame";

export function CloneProgram({ template, after }: { template: Template; after: (id: string) => void }) {
  const [name, setName] = useState(`${template.name} 2`);
  return (
    <Decide
      label="Clone"
      reason="none"
      title={`Clone ${template.name}`}
      done="The clone is made."
      run={() =>
        ask(api.POST("/prop/templates/{template_id}/clone", { params: { path: { template_id: template.id } }, body: { name: name.trim() } }))
      }
      after={(answer) => after((answer as Schemas["TemplateResponse"]).id)}
    >
      <p>{template.is_seed ? "It comes from the firm’s file and cannot be changed here; its clone can." : "A program of its own, with the same terms."}</p>
      <Field label="Name of the clone" name="name" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
    </Decide>
  );
}
