import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ComponentProps, type ReactNode, useId, useState } from "react";

import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { TextArea } from "../../ui/Field";
import { FormFaults } from "../../ui/FormFaults";
import { useToast } from "../../ui/Toast";

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
}

/// A decision of a person: says what will happen, asks why, does it, and has everything that is shown asked for anew.
export function Decide(props: Props) {
  const { label, title, look = "plain", small, disabled, children } = props;
  const { reason: wants = "wanted", reasonLabel = "Reason", pendingLabel = "Working…" } = props;
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const form = useId();
  const queries = useQueryClient();
  const tell = useToast();
  const act = useMutation({
    mutationFn: () => props.run(reason.trim()),
    onSuccess: async (answer) => {
      tell(props.done);
      setOpen(false);
      setReason("");
      props.after?.(answer);
      await queries.invalidateQueries();
    },
  });
  const close = () => {
    setOpen(false);
    act.reset();
  };
  return (
    <>
      <Button look={look} small={small} disabled={disabled} onClick={() => setOpen(true)}>
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
            <Button look={look === "danger" ? "danger" : "main"} type="submit" form={form} disabled={props.ready === false} pending={act.isPending} pendingLabel={pendingLabel}>
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
            if (!act.isPending && props.ready !== false) act.mutate();
          }}
        >
          <FormFaults error={act.error}>
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
