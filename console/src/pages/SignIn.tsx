import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";

import { ApiError, faultOf } from "../api/errors";
import { type Credentials, signIn } from "../api/session";
import { afterSignIn } from "../session/guards";
import { useSession } from "../session/SessionContext";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Field } from "../ui/Field";
import { DemoPeople } from "./DemoPeople";
import { Welcome } from "./Welcome";

const wants = (error: unknown, code: string) => error instanceof ApiError && error.kind === code;

/// One way in for traders and for the firm's own people.
export function SignIn() {
  const session = useSession();
  const [search] = useSearchParams();
  const back = search.get("back");
  const [kind, setKind] = useState<Credentials["kind"]>(back?.startsWith("/staff") ? "user" : "customer");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [brand, setBrand] = useState("");
  const enter = useMutation({ mutationFn: signIn });
  const asksCode = wants(enter.error, "TOTP_REQUIRED") || wants(enter.error, "INVALID_TOTP_CODE") || code !== "";
  const asksBrand = wants(enter.error, "BRAND_REQUIRED") || brand !== "";

  useEffect(() => {
    document.title = "Sign in · Touchstone";
  }, []);

  if (session.signed_in) return <Navigate to={afterSignIn(session.kind, back)} replace />;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (enter.isPending) return;
    enter.mutate({ kind, email, password, totp_code: code || undefined, brand: brand || undefined });
  };
  const fill = (person: Pick<Credentials, "kind" | "email" | "password">) => {
    setKind(person.kind);
    setEmail(person.email);
    setPassword(person.password);
    enter.mutate(person);
  };

  return (
    <Welcome title="Sign in">
      <form className="form" onSubmit={submit}>
        <fieldset className="kinds">
          <legend className="unseen">Who you are</legend>
          <Kind value="customer" name="Trader" chosen={kind} choose={setKind} />
          <Kind value="user" name="Staff" chosen={kind} choose={setKind} />
        </fieldset>
        <Field
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          fault={faultOf(enter.error, "email")}
        />
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          fault={faultOf(enter.error, "password")}
        />
        {asksCode && (
          <Field
            label="Code of your authenticator app"
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
        {asksBrand && <Field label="Brand" value={brand} onChange={(event) => setBrand(event.target.value)} />}
        <ErrorNote error={enter.error} hideFaults />
        <Button look="main" type="submit" pending={enter.isPending} pendingLabel="Signing in…">
          Sign in
        </Button>
      </form>
      <p className="row row-apart">
        {kind === "customer" && (
          <span className="soft">
            New here? <Link to="/register">Open an account</Link>
          </span>
        )}
        <Link to="/forgot">Forgotten password</Link>
      </p>
      {session.demo && <DemoPeople choose={fill} busy={enter.isPending} />}
    </Welcome>
  );
}

export { SignIn as Component };

interface KindProps {
  value: Credentials["kind"];
  name: string;
  chosen: string;
  choose: (kind: Credentials["kind"]) => void;
}

function Kind({ value, name, chosen, choose }: KindProps) {
  return (
    <label>
      <input type="radio" name="kind" value={value} checked={chosen === value} onChange={() => choose(value)} />
      {name}
    </label>
  );
}
