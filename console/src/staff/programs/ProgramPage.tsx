import { useNavigate } from "react-router";

import { api, ask } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Note } from "../../ui/Note";
import { Decide } from "../kit/Decide";
import { CloneProgram } from "./CloneProgram";
import { ProgramFrame, type Template } from "./ProgramFrame";
import { Terms } from "./Terms";

/// A program as it stands: what it costs, and the generated text of every phase.
export function Component() {
  const edits = usePermission("edit_programs");
  return (
    <ProgramFrame actions={(template) => edits && <Actions template={template} />}>
      {(template) => (
        <>
          {template.warnings.length > 0 && (
            <Note tone="warn" title="Odd, and possible">
              <ul>
                {template.warnings.map((warning) => (
                  <li key={`${warning.code} ${warning.field} ${warning.phase_index}`}>{warning.text}</li>
                ))}
              </ul>
            </Note>
          )}
          <Terms terms={template} />
        </>
      )}
    </ProgramFrame>
  );
}

function Actions({ template }: { template: Template }) {
  const go = useNavigate();
  const params = { path: { template_id: template.id } };
  const next = template.is_active ? ("disabled" as const) : ("active" as const);
  return (
    <>
      <CloneProgram template={template} after={(id) => void go(`/staff/programs/${id}/edit`)} />
      {!template.is_seed && !template.is_archived && (
        <Decide
          label="Archive"
          look="danger"
          reason="none"
          title={`Archive ${template.name}`}
          done="The program is archived."
          run={() => ask(api.PATCH("/prop/templates/{template_id}", { params, body: { status: "archived", version: template.version } }))}
        >
          <p>It is left out of all lists. Journeys that began with it go on.</p>
        </Decide>
      )}
      {!template.is_seed && (
        <Decide
          label={template.is_active ? "Take off sale" : "Put on sale"}
          look={template.is_active ? "plain" : "main"}
          reason="none"
          title={template.is_active ? `Take ${template.name} off sale` : `Put ${template.name} on sale`}
          done={template.is_active ? "Nobody can buy it any more." : "Traders see it in the catalogue now."}
          run={() => ask(api.PATCH("/prop/templates/{template_id}", { params, body: { status: next, version: template.version } }))}
        >
          <p>{template.is_active ? "Journeys that began with it go on." : "It is sold as it stands here, with the text below."}</p>
        </Decide>
      )}
    </>
  );
}
