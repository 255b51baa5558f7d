import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, ask } from "../../api/client";
import { faultOf } from "../../api/errors";
import { useSignedIn } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field } from "../../ui/Field";
import { Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { Secret } from "../kit/Secret";

/// One's own name, role and second factor.
export function Component() {
  const { brand } = useSignedIn();
  const me = useQuery({ queryKey: ["users", "me"], queryFn: ({ signal }) => ask(api.GET("/users/me", { signal })) });
  return (
    <Page title="Your sign-in">
      <Panel title="Who you are">
        <ErrorNote error={me.error} retry={() => void me.refetch()} />
        {me.isPending && <Skeleton />}
        {me.data && (
          <Facts>
            <Fact label="Name">{me.data.full_name}</Fact>
            <Fact label="E-mail address">{me.data.email}</Fact>
            <Fact label="Role">{me.data.role}</Fact>
            <Fact label="Brand">{brand}</Fact>
          </Facts>
        )}
      </Panel>
      <SecondFactor />
    </Page>
  );
}

function SecondFactor() {
  const queries = useQueryClient();
  const [codes, setCodes] = useState<string[] | null>(null);
  const standing = useQuery({ queryKey: ["totp"], queryFn: ({ signal }) => ask(api.GET("/auth/totp", { signal })) });
  const enroll = useMutation({ mutationFn: () => ask(api.POST("/auth/totp/enroll")) });
  const confirm = useMutation({
    mutationFn: (code: string) => ask(api.POST("/auth/totp/confirm", { body: { code } })),
    onSuccess: async ({ backup_codes }) => {
      setCodes(backup_codes);
      enroll.reset();
      await queries.invalidateQueries({ queryKey: ["totp"] });
    },
  });
  const disable = useMutation({
    mutationFn: (code: string) => ask(api.POST("/auth/totp/disable", { body: { code } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["totp"] }),
  });
  const it = standing.data;
  return (
    <Panel title="Second factor">
      <div className="stack">
        <ErrorNote error={standing.error} retry={() => void standing.refetch()} />
        {standing.isPending && <Skeleton />}
        {codes && <Secret title="Your backup codes" secret={codes.join(" ")} close={() => setCodes(null)} />}
        {it?.enabled && (
          <>
            <Note tone="good" title="It is on">
              <p>
                Since <Time at={it.confirmed_at} />; {it.backup_codes_left} backup codes are left.
              </p>
            </Note>
            <CodeForm label="Switch it off" mutation={disable} />
          </>
        )}
        {it && !it.enabled && !enroll.data && (
          <>
            <p>A code of an authenticator app beside the password keeps others out who have learnt the password.</p>
            <ErrorNote error={enroll.error} />
            <div>
              <Button look="main" pending={enroll.isPending} onClick={() => enroll.mutate()}>
                Set it up
              </Button>
            </div>
          </>
        )}
        {enroll.data && (
          <>
            <p>
              Add this key to your authenticator app, then enter the code that it shows. <a href={enroll.data.provisioning_uri}>Open the app on this device</a>
            </p>
            <p>
              <code>{enroll.data.secret}</code>
            </p>
            <CodeForm label="Switch it on" mutation={confirm} />
          </>
        )}
      </div>
    </Panel>
  );
}

interface CodeProps {
  label: string;
  mutation: { mutate: (code: string) => void; isPending: boolean; error: Error | null };
}

function CodeForm({ label, mutation }: CodeProps) {
  const [code, setCode] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!mutation.isPending) mutation.mutate(code.trim());
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="form-row">
        <Field
          label="Code of your app"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
          fault={faultOf(mutation.error, "code")}
        />
      </div>
      <ErrorNote error={mutation.error} hideFaults />
      <div>
        <Button type="submit" look="main" pending={mutation.isPending}>
          {label}
        </Button>
      </div>
    </form>
  );
}
