import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { api, ask } from "../../api/client";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Note } from "../../ui/Note";
import { Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import { anotherPhase, changesOf, type Draft, draftOf, isEmpty, type PhaseDraft, rebased, withoutPlace } from "./draft";
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
          <Form key={template.id} current={template} />
        )
      }
    </ProgramFrame>
  );
}

function Form({ current }: { current: Template }) {
  // What is written is held against the program as it was when one began, and saved only upon that.
  const [template, setTemplate] = useState(current);
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
    // Somebody else may have been quicker: then the form has to know of it.
    onError: () => queries.invalidateQueries({ queryKey: ["template", template.id] }),
    onSuccess: async (saved) => {
      const next = saved.version === template.version ? "Saved." : `Saved as version ${saved.version}.`;
      tell(next);
      await queries.invalidateQueries();
      await go(`/staff/programs/${template.id}`);
    },
  });
  const faultOf = (key: string) => verdict.faults.find((fault) => fault.where === key)?.message;
  const setPhase = (index: number, phase: PhaseDraft) => setDraft({ ...draft, phases: draft.phases.with(index, phase) });
  const overtaken = current.version !== template.version && !save.isPending && !save.isSuccess;
  const goOn = (next: Draft) => {
    setTemplate(current);
    setDraft(next);
    save.reset();
  };
  const changed = body === null || !isEmpty(body);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending && !overtaken && body !== null && changed) save.mutate();
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
        {overtaken && <OtherVersion current={current} changed={changed} mine={rebased(draft, template, current)} goOn={goOn} />}
        <Standing verdict={verdict} changed={changed} />
        {!overtaken && <ErrorNote error={save.error} />}
        <div className="row row-end">
          <Button disabled={!changed} onClick={() => setDraft(draftOf(template))}>
            Undo all
          </Button>
          <Button look="main" type="submit" disabled={!changed || overtaken || body === null || verdict.faults.length > 0} pending={save.isPending} pendingLabel="Saving…">
            Save
          </Button>
        </div>
      </div>
    </form>
  );
}

interface OtherVersionProps {
  current: Template;
  changed: boolean;
  mine: ReturnType<typeof rebased>;
  goOn: (draft: Draft) => void;
}

/// Somebody else has saved meanwhile: one chooses what becomes of what one has written.
function OtherVersion({ current, changed, mine, goOn }: OtherVersionProps) {
  return (
    <Note tone="warn" title={`Somebody else has saved version ${current.version} meanwhile`}>
      <p>
        {changed ? "What you have changed can go on top of it; everything else becomes as it is there." : "You have not changed anything yet."}
        {mine.both.length > 0 && ` You both have changed: ${mine.both.join(", ")}. There yours would stand.`}
      </p>
      <div className="row">
        <Button small onClick={() => goOn(draftOf(current))}>
          {changed ? `Drop mine, load version ${current.version}` : `Load version ${current.version}`}
        </Button>
        {changed && (
          <Button small onClick={() => goOn(mine.draft)}>
            Keep mine on top of it
          </Button>
        )}
      </div>
    </Note>
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
