import { type FormEvent, type ReactNode, useId, useState } from "react";

import { faultOf } from "../../api/errors";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field } from "../../ui/Field";
import { type Changes, changesOf, type Term } from "./terms";
import { type Execution, useCommand } from "./useCommand";

interface Props {
  login: number;
  title: string;
  terms: Term[];
  send: (changes: Changes, client_order_id: string) => Promise<Execution>;
  done: () => void;
  close: () => void;
  /// How things stand, while the fields are filled in.
  children?: ReactNode;
}

/// New values of something that is open or waits. Only what differs is sent.
export function ChangeDialog({ login, title, terms, send, done, close, children }: Props) {
  const [texts, setTexts] = useState(() => Object.fromEntries(terms.map(({ name, now }) => [name, now ?? ""])));
  // What was told when the dialog opened is what the fields are compared with: it may change underneath.
  const [before] = useState(terms);
  const form = useId();
  const change = useCommand(login, send, done);
  const changes = changesOf(before, texts);
  const changed = Object.keys(changes).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) change.start(changes);
  };
  return (
    <Dialog
      open
      title={title}
      close={close}
      busy={change.isPending}
      actions={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button look="main" type="submit" form={form} disabled={!changed} pending={change.isPending} pendingLabel="Changing…">
            Change it
          </Button>
        </>
      }
    >
      {children}
      <form id={form} className="form" onSubmit={submit}>
        <div className="form-row">
          {before.map((term) => (
            <Field
              key={term.name}
              label={term.label}
              hint={term.hint}
              inputMode="decimal"
              autoComplete="off"
              required={term.needed}
              placeholder={term.needed ? undefined : "none"}
              value={texts[term.name] ?? ""}
              onChange={(event) => setTexts({ ...texts, [term.name]: event.target.value })}
              fault={faultOf(change.error, term.name)}
            />
          ))}
        </div>
        <p className="small soft">An empty field takes it away.</p>
      </form>
      <ErrorNote error={change.error} retry={change.again} />
    </Dialog>
  );
}
