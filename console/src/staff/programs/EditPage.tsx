import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api, ask } from "../../api/client";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Note } from "../../ui/Note";
import { Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import { anotherPhase, changesOf, draftOf, isEmpty, type PhaseDraft, withoutPlace } from "./draft";
import { GROUPS } from "./fields";
import { NO_PLACE, PhaseForm } from "./PhaseForm";
import { ProgramFrame, type Template } from "./ProgramFrame";
import "./programs.css";
import { TermField } from "./TermField";
import { useGroups } from "./useGroups";
import { useValidation, type Verdict } from "./useValidation";

/// Changes a program, with the server's verdict beside each field while one types.
export function Component() {
  return (
    <ProgramFrame>
      {(template) =>
        template.is_seed ? (
          <Note title="This program comes from the firm’s file">
            <p>It cannot be changed here. Clone it on the page before, and change the clone.</p>
          </Note>
        ) : (
          <Form key={template.version} template={template} />
        )
      }
    </ProgramFrame>
  );
}

function Form({ template }: { template: Template }) {
  const [draft, setDraft] = useState(() => draftOf(template));
  const groups = useGroups();
  const body = changesOf(draft, template);
  const told = useValidation(template.id, body);
  const placeless = new Set(draft.phases.flatMap((phase, index) => withoutPlace(phase).map((key) => `phases.${index}.${key}`)));
  const verdict = { ...told, faults: told.faults.map((fault) => (placeless.has(fault.where) ? { ...fault, message: NO_PLACE } : fault)) };
  const tell = useToast();
  const queries = useQueryClient();
  const go = useNavigate();
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PATCH("/prop/templates/{template_id}", {
          params: { path: { template_id: template.id } },
          body: { ...body, version: template.version },
        }),
      ),
    onSuccess: async (saved) => {
      const next = saved.version === template.version ? "Saved." : `Saved as version ${saved.version}.`;
      tell(next);
      await queries.invalidateQueries();
      await go(`/staff/programs/${template.id}`);
    },
  });
  const faultOf = (key: string) => verdict.faults.find((fault) => fault.where === key)?.message;
  const setPhase = (index: number, phase: PhaseDraft) => setDraft({ ...draft, phases: draft.phases.with(index, phase) });
  const changed = body === null || !isEmpty(body);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending && body !== null && changed) save.mutate();
      }}
    >
      {GROUPS.map((group) => (
        <Panel key={group.title} title={group.title}>
          <div className="form-grid">
            {group.fields.map((field) => (
              <TermField
                key={field.key}
                field={field}
                value={draft.values[field.key] ?? ""}
                set={(value) => setDraft({ ...draft, values: { ...draft.values, [field.key]: value } })}
                fault={faultOf(field.key)}
              />
            ))}
          </div>
        </Panel>
      ))}
      {draft.phases.map((phase, index) => (
        <PhaseForm
          key={index}
          index={index}
          phase={phase}
          groups={groups}
          faults={verdict.faults}
          set={(next) => setPhase(index, next)}
          remove={draft.phases.length > 1 ? () => setDraft({ ...draft, phases: draft.phases.toSpliced(index, 1) }) : undefined}
        />
      ))}
      <div>
        <Button onClick={() => setDraft({ ...draft, phases: anotherPhase(draft.phases) })}>Another phase</Button>
      </div>
      <div className="save-bar">
        <Standing verdict={verdict} changed={changed} />
        <ErrorNote error={save.error} />
        <div className="row row-end">
          <Button disabled={!changed} onClick={() => setDraft(draftOf(template))}>
            Undo all
          </Button>
          <Button look="main" type="submit" disabled={!changed || body === null || verdict.faults.length > 0} pending={save.isPending} pendingLabel="Saving…">
            Save
          </Button>
        </div>
      </div>
    </form>
  );
}

function Standing({ verdict, changed }: { verdict: Verdict; changed: boolean }) {
  const { faults, warnings, pending, error } = verdict;
  if (!changed) return <p className="small soft">Nothing is changed yet. What you change becomes a new version; journeys keep theirs.</p>;
  return (
    <div role="status" className="stack-small small">
      {pending && <span className="soft">Checking…</span>}
      {!pending && faults.length === 0 && !error && <span className="good">The server would take it.</span>}
      <ErrorNote error={error} />
      {faults.map((fault) => (
        <span key={`${fault.where} ${fault.message}`} className="bad">
          <code>{fault.where}</code> {fault.message}
        </span>
      ))}
      {warnings.map((warning) => (
        <span key={`${warning.field} ${warning.text}`} className="warn">
          {warning.text}
        </span>
      ))}
    </div>
  );
}
