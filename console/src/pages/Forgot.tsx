import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";

import { api, ask } from "../api/client";
import { faultOf } from "../api/errors";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Field } from "../ui/Field";
import { Note } from "../ui/Note";
import { Welcome } from "./Welcome";

/// A new password, by a token that is mailed.
export function Component() {
  const [search] = useSearchParams();
  const [email, setEmail] = useState("");
  const [token, setToken] = useState(search.get("token") ?? "");
  const [password, setPassword] = useState("");
  const mail = useMutation({ mutationFn: () => ask(api.POST("/auth/password-reset/request", { body: { email } })) });
  const change = useMutation({
    mutationFn: () => ask(api.POST("/auth/password-reset/confirm", { body: { token: token.trim(), password } })),
  });

  useEffect(() => {
    document.title = "Forgotten password · Touchstone";
  }, []);

  const askMail = (event: FormEvent) => {
    event.preventDefault();
    if (!mail.isPending) mail.mutate();
  };
  const setNew = (event: FormEvent) => {
    event.preventDefault();
    if (!change.isPending) change.mutate();
  };

  if (change.isSuccess) {
    return (
      <Welcome title="Your password is changed">
        <p>Every session of yours has ended.</p>
        <p>
          <Link to="/sign-in">Sign in with the new password</Link>
        </p>
      </Welcome>
    );
  }
  if (mail.isSuccess || search.has("token")) {
    return (
      <Welcome title="Set a new password">
        {mail.isSuccess && (
          <Note title="Look into your mail">
            <p>If we know {email}, a token is on its way there.</p>
          </Note>
        )}
        <form className="form" onSubmit={setNew}>
          <Field
            label="Token from the mail"
            required
            autoComplete="one-time-code"
            value={token}
            onChange={(event) => setToken(event.target.value)}
            fault={faultOf(change.error, "token")}
          />
          <Field
            label="New password"
            type="password"
            autoComplete="new-password"
            hint="8 to 72 characters"
            required
            minLength={8}
            maxLength={72}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            fault={faultOf(change.error, "password")}
          />
          <ErrorNote error={change.error} hideFaults />
          <Button look="main" type="submit" pending={change.isPending} pendingLabel="Changing…">
            Change the password
          </Button>
        </form>
      </Welcome>
    );
  }
  return (
    <Welcome title="Forgotten password">
      <form className="form" onSubmit={askMail}>
        <Field
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          fault={faultOf(mail.error, "email")}
        />
        <ErrorNote error={mail.error} hideFaults />
        <Button look="main" type="submit" pending={mail.isPending} pendingLabel="Sending…">
          Send me a token
        </Button>
      </form>
      <p>
        <Link to="/sign-in">Back to the sign-in</Link>
      </p>
    </Welcome>
  );
}
