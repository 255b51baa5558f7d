import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link, Navigate } from "react-router";

import { api, ask } from "../api/client";
import { faultOf } from "../api/errors";
import { signIn } from "../api/session";
import { useSession } from "../session/SessionContext";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Field } from "../ui/Field";
import { Welcome } from "./Welcome";

const BLANK = { first_name: "", last_name: "", email: "", phone: "", password: "" };

async function open(person: typeof BLANK) {
  await ask(api.POST("/customers/register", { body: person }));
  return signIn({ kind: "customer", email: person.email, password: person.password });
}

/// A trader opens an account, and is signed in with it.
export function Component() {
  const session = useSession();
  const [person, setPerson] = useState(BLANK);
  const enter = useMutation({ mutationFn: open });

  useEffect(() => {
    document.title = "Open an account · Touchstone";
  }, []);

  if (session.signed_in) return <Navigate to="/" replace />;

  const part = (name: keyof typeof BLANK) => ({
    value: person[name],
    onChange: (event: { target: { value: string } }) => setPerson({ ...person, [name]: event.target.value }),
    fault: faultOf(enter.error, name),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!enter.isPending) enter.mutate(person);
  };

  return (
    <Welcome title="Open an account">
      <form className="form" onSubmit={submit}>
        <div className="form-row">
          <Field label="First name" autoComplete="given-name" maxLength={100} {...part("first_name")} />
          <Field label="Last name" autoComplete="family-name" maxLength={100} {...part("last_name")} />
        </div>
        <Field label="E-mail address" type="email" autoComplete="username" required {...part("email")} />
        <Field label="Telephone" type="tel" autoComplete="tel" required maxLength={20} {...part("phone")} />
        <Field
          label="Password"
          type="password"
          autoComplete="new-password"
          hint="8 to 72 characters"
          required
          minLength={8}
          maxLength={72}
          {...part("password")}
        />
        <ErrorNote error={enter.error} hideFaults />
        <Button look="main" type="submit" pending={enter.isPending} pendingLabel="Opening…">
          Open an account
        </Button>
      </form>
      <p className="soft">
        There is one already? <Link to="/sign-in">Sign in</Link>
      </p>
    </Welcome>
  );
}
