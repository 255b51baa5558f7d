import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { api, ask } from "../api/client";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/ErrorNote";
import { Field } from "../ui/Field";
import { Skeleton } from "../ui/Loading";
import { BackupCodes } from "./BackupCodes";
import "./security.css";

/// A secret for the app, a first code of it, and then the backup codes.
export function EnrolDialog({ close }: { close: () => void }) {
  const [code, setCode] = useState("");
  const form = useId();
  // Each asking makes another secret: it is asked for once.
  const offer = useQuery({
    queryKey: ["totp", "enrolment"],
    queryFn: () => ask(api.POST("/auth/totp/enroll")),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const confirm = useMutation({ mutationFn: () => ask(api.POST("/auth/totp/confirm", { body: { code: code.trim() } })) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!confirm.isPending) confirm.mutate();
  };
  if (confirm.data) return <BackupCodes codes={confirm.data.backup_codes} close={close} />;
  return (
    <Dialog
      open
      title="Switch the second factor on"
      close={close}
      actions={
        <>
          <Button onClick={close}>Not now</Button>
          <Button look="main" type="submit" form={form} pending={confirm.isPending} pendingLabel="Checking…">
            Switch it on
          </Button>
        </>
      }
    >
      <ErrorNote error={offer.error} />
      {offer.isPending && <Skeleton lines={3} />}
      {offer.data && (
        <form id={form} className="form" onSubmit={submit}>
          <p>
            Enter this secret in an authenticator app, or <a href={offer.data.provisioning_uri}>open it in the app on this device</a>.
          </p>
          <code className="totp-secret">{offer.data.secret}</code>
          <Field
            label="Code that the app shows now"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
          <ErrorNote error={confirm.error} />
        </form>
      )}
    </Dialog>
  );
}
