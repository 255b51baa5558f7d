import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { faultOf } from "../../api/errors";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { CheckField, Field, TextArea } from "../../ui/Field";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import { Decide } from "../kit/Decide";
import { words } from "../kit/words";
import "../programs/programs.css";

type Mail = Schemas["MailTemplateObject"];

const UP = { to: "/staff/mails", name: "Mails" };

/// The text of one mail, with what it would look like.
export function Component() {
  const { kind = "" } = useParams();
  const edits = usePermission("edit_mail");
  const mails = useQuery({ queryKey: ["mail-templates"], queryFn: ({ signal }) => ask(api.GET("/mail-templates", { signal })) });
  const mail = mails.data?.items.find((it) => it.kind === kind);
  if (!mail) {
    return (
      <Page title="Mail" up={UP}>
        {mails.isPending && <Skeleton lines={8} />}
        <ErrorNote error={mails.error} retry={() => void mails.refetch()} />
        {mails.data && <Empty title="There is no such mail">Choose one of the list.</Empty>}
      </Page>
    );
  }
  return (
    <Page
      title={words(kind)}
      up={UP}
      mark={!mail.enabled && <Badge>Not sent</Badge>}
      actions={edits && !mail.is_standard && <Standard kind={kind} />}
    >
      <Form key={`${mail.kind} ${mail.updated_at ?? ""}`} mail={mail} edits={edits} />
    </Page>
  );
}

function Standard({ kind }: { kind: string }) {
  return (
    <Decide
      label="Back to the standard"
      reason="none"
      title="Back to the standard text"
      done="The mail is as it was delivered."
      run={() => ask(api.DELETE("/mail-templates/{kind}", { params: { path: { kind } } }))}
    >
      <p>The text of the brand is dropped.</p>
    </Decide>
  );
}

function Form({ mail, edits }: { mail: Mail; edits: boolean }) {
  const [it, setIt] = useState({ subject: mail.subject, body: mail.body, enabled: mail.enabled });
  const tell = useToast();
  const queries = useQueryClient();
  const params = { path: { kind: mail.kind } };
  const look = useMutation({
    mutationFn: () => ask(api.POST("/mail-templates/{kind}/preview", { params, body: { subject: it.subject, body: it.body } })),
  });
  const save = useMutation({
    mutationFn: () => ask(api.PUT("/mail-templates/{kind}", { params, body: it })),
    onSuccess: async () => {
      tell("The mail is saved.");
      await queries.invalidateQueries({ queryKey: ["mail-templates"] });
    },
  });
  const error = save.error ?? look.error;
  return (
    <div className="split">
      <Panel title="Text">
        <form
          className="form rule-editor"
          onSubmit={(event) => {
            event.preventDefault();
            if (!save.isPending) save.mutate();
          }}
        >
          <Field label="Subject" required readOnly={!edits} value={it.subject} onChange={(event) => setIt({ ...it, subject: event.target.value })} fault={faultOf(error, "subject")} />
          <TextArea label="Body" required readOnly={!edits} spellCheck={false} value={it.body} onChange={(event) => setIt({ ...it, body: event.target.value })} fault={faultOf(error, "body")} />
          <p className="small soft">
            What can stand in it: {mail.variables.map((name) => `{{ ${name} }}`).join(" ")}
          </p>
          {edits && <CheckField label="It is sent" checked={it.enabled} onChange={(event) => setIt({ ...it, enabled: event.target.checked })} />}
          <ErrorNote error={error} hideFaults />
          <div className="row">
            <Button pending={look.isPending} pendingLabel="Filling in…" onClick={() => look.mutate()}>
              Preview
            </Button>
            {edits && (
              <Button look="main" type="submit" pending={save.isPending} pendingLabel="Saving…">
                Save
              </Button>
            )}
          </div>
        </form>
      </Panel>
      <Panel title="As it arrives">
        {look.data ? (
          <div className="stack" role="status">
            <b>{look.data.subject}</b>
            <p className="mail-text">{look.data.body}</p>
          </div>
        ) : (
          <Empty title="Not looked at yet">Press Preview: it is filled in with examples.</Empty>
        )}
      </Panel>
    </div>
  );
}
