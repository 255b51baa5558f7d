import { useQueryClient } from "@tanstack/react-query";
import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { useOnce } from "../../api/useOnce";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { TextArea } from "../../ui/Field";
import { FormFaults } from "../../ui/FormFaults";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";
import { useOvertaken } from "./Overtaken";
import { words } from "./words";

interface Props {
  /// On the button that opens the dialog, and at the end of it.
  label: string;
  title: string;
  look?: ComponentProps<typeof Button>["look"];
  small?: boolean;
  disabled?: boolean;
  /// Whether there is something to do; true when it is not given.
  ready?: boolean;
  /// Whether a reason is asked for; what is written goes into the audit.
  reason?: "wanted" | "optional" | "none";
  reasonLabel?: string;
  /// What it is called in the request.
  reasonName?: string;
  pendingLabel?: string;
  /// What happens, and further fields.
  children?: ReactNode;
  run: (reason: string) => Promise<unknown>;
  /// What is said when it was done.
  done: string;
  after?: (answer: unknown) => void;
  /// How the thing stands: when it changes while the dialog is open, one is told, and has to say it again.
  state?: string;
  /// Asks how the thing stands, for who had the dialog open when that could not be done any more.
  now?: () => Promise<string>;
}

/// A decision of a person: says what will happen, asks why, does it, and has everything that is shown asked for anew.
export function Decide(props: Props) {
  const { label, title, look = "plain", small, disabled, children } = props;
  const { reason: wants = "wanted", reasonLabel = "Reason", pendingLabel = "Working…" } = props;
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [seen, setSeen] = useState(props.state);
  const form = useId();
  const queries = useQueryClient();
  const tell = useToast();
  const act = useOnce({
    mutationFn: () => props.run(reason.trim()),
    onSuccess: async (answer) => {
      tell(props.done);
      setOpen(false);
      setReason("");
      props.after?.(answer);
      await queries.invalidateQueries();
    },
    onError: () => {
      if (gone.current) overtaken();
    },
  });
  const tellOvertaken = useOvertaken();
  const overtaken = () => tellOvertaken({ title, reasonLabel, reason, now: props.now });
  const changed = open && act.isIdle && seen !== props.state;
  const gone = useGone(open && !act.isPending && !act.isSuccess ? overtaken : null);
  const close = () => {
    setOpen(false);
    act.reset();
  };
  const show = () => {
    act.reset();
    setSeen(props.state);
    setOpen(true);
  };
  return (
    <>
      <Button look={look} small={small} disabled={disabled} onClick={show}>
        {label}
      </Button>
      <Dialog
        open={open}
        title={title}
        close={close}
        busy={act.isPending}
        actions={
          <>
            <Button onClick={close} disabled={act.isPending}>
              Cancel
            </Button>
            <Button look={look === "danger" ? "danger" : "main"} type="submit" form={form} disabled={props.ready === false || changed} pending={act.isPending} pendingLabel={pendingLabel}>
              {label}
            </Button>
          </>
        }
      >
        <form
          id={form}
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (!act.isPending && !changed && props.ready !== false) act.mutate();
          }}
        >
          <FormFaults error={act.error}>
            {changed && (
              <Note tone="warn" title="It has changed since you opened this">
                <p>Somebody else was quicker: it is {words(props.state ?? "").toLowerCase()} now.</p>
                <Button small onClick={() => setSeen(props.state)}>
                  Go on all the same
                </Button>
              </Note>
            )}
            {children}
            {wants !== "none" && (
              <TextArea
                label={wants === "optional" ? `${reasonLabel} (optional)` : reasonLabel}
                required={wants === "wanted"}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
                hint="It is kept in the audit under your name."
                name={props.reasonName ?? "reason"}
              />
            )}
            <ErrorNote error={act.error} />
          </FormFaults>
        </form>
      </Dialog>
    </>
  );
}

/// Does `told` when what is decided on goes away, the page being the same. The answer is whether it has gone.
function useGone(told: (() => void) | null) {
  const gone = useRef(false);
  const last = useRef<() => void>(undefined);
  useEffect(() => {
    const { pathname } = window.location;
    last.current = () => {
      if (window.location.pathname === pathname) told?.();
    };
  });
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      last.current?.();
    };
  }, []);
  return gone;
}
