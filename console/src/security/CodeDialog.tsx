import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { api, ask } from "../api/client";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/ErrorNote";
import { Field } from "../ui/Field";
import { useToast } from "../ui/Toast";
import { BackupCodes } from "./BackupCodes";

interface Props {
  what: "codes" | "disable";
  close: () => void;
}

const WORDS = {
  codes: { title: "New backup codes", about: "Those from before are worth nothing then.", button: "Make new codes" },
  disable: { title: "Switch the second factor off", about: "A password is enough to sign in then.", button: "Switch it off" },
};

/// What is only done with a code of the second factor.
export function CodeDialog({ what, close }: Props) {
  const [code, setCode] = useState("");
  const tell = useToast();
  const form = useId();
  const body = { code: code.trim() };
  const codes = useMutation({ mutationFn: () => ask(api.POST("/auth/totp/backup-codes", { body })) });
  const disable = useMutation({
    mutationFn: () => ask(api.POST("/auth/totp/disable", { body })),
    onSuccess: () => {
      tell("The second factor is off");
      close();
    },
  });
  const doing = what === "codes" ? codes : disable;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!doing.isPending) doing.mutate();
  };
  const { title, about, button } = WORDS[what];
  if (codes.data) return <BackupCodes codes={codes.data.backup_codes} close={close} />;
  return (
    <Dialog
      open
      title={title}
      close={close}
      actions={
        <>
          <Button onClick={close}>Not now</Button>
          <Button look={what === "disable" ? "danger" : "main"} type="submit" form={form} pending={doing.isPending}>
            {button}
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        <p>{about}</p>
        <Field
          label="Code of the app, or a backup code"
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <ErrorNote error={doing.error} />
      </form>
    </Dialog>
  );
}
