import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { ApiError, faultOf } from "../../api/errors";
import { loadSession } from "../../api/session";
import { useOnce } from "../../api/useOnce";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { CheckField, Field } from "../../ui/Field";
import { Note } from "../../ui/Note";
import "./account.css";

type Obstacle = Schemas["Obstacle"];

/// What to do about each thing that stands against it, and where.
const ADVICE: Record<string, { text: string; to?: string; place?: string }> = {
  running_challenge: {
    text: "Bring it to its end, ask for its fee back where that is promised, or ask the firm to call it off.",
    to: "/challenges?status=active",
    place: "Running challenges",
  },
  open_positions: { text: "Close them on the trade page of the challenge.", to: "/challenges?status=active", place: "Running challenges" },
  open_purchase: { text: "Pay it or cancel it.", to: "/challenges?status=pending_payment", place: "Challenges to be paid" },
  open_transaction: { text: "Wait until it is settled; it stands under “Payments” on this page." },
  payout_in_flight: { text: "Wait until it has reached you.", to: "/payouts", place: "Payouts" },
  money_in_wallet: { text: "Withdraw everything under “Wallets” on this page, and wait until it is paid out." },
  suspended_challenge: { text: "Settle the disputed fee with the firm." },
  chargeback: { text: "Settle the disputed fee with the firm." },
};

function obstaclesOf(error: unknown): Obstacle[] {
  if (!(error instanceof ApiError) || error.kind !== "ERASURE_REFUSED") return [];
  return (error.body as { obstacles?: Obstacle[] }).obstacles ?? [];
}

/// Erases who one is, for good.
export function EraseDialog({ close }: { close: () => void }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [sure, setSure] = useState(false);
  const form = useId();
  const factor = useQuery({ queryKey: ["totp"], queryFn: ({ signal }) => ask(api.GET("/auth/totp", { signal })) });
  const erase = useOnce({
    mutationFn: () => ask(api.POST("/customers/me/erasure", { body: { password, totp_code: code.trim() || null } })),
  });
  const obstacles = obstaclesOf(erase.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (sure && !erase.isPending) erase.mutate();
  };
  // Nobody is signed in any more: the session says so, and the guard leads out.
  const leave = () => void loadSession();
  if (erase.data) {
    return (
      <Dialog
        open
        title="Your data are erased"
        close={leave}
        actions={
          <Button look="main" onClick={leave}>
            Leave
          </Button>
        }
      >
        <Note tone="good" title="Nothing here tells who you were any more">
          <p>You are signed out everywhere, and nobody can sign in with this address and password again.</p>
        </Note>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      title="Erase everything that tells who you are?"
      close={close}
      busy={erase.isPending}
      actions={
        <>
          <Button onClick={close}>Keep my account</Button>
          <Button look="danger" type="submit" form={form} disabled={!sure} pending={erase.isPending} pendingLabel="Erasing…">
            Erase for good
          </Button>
        </>
      }
    >
      <p>
        Your name, addresses, telephone, password, second factor, identity checks and mails are overwritten at once. You are signed out and
        cannot come back; certificates no longer name you. Nobody can undo it, not even the firm.
      </p>
      <p>
        <b>Download your data first</b> if you may need them.
      </p>
      <form id={form} className="form" onSubmit={submit}>
        <Field
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          fault={faultOf(erase.error, "password")}
        />
        {factor.data?.enabled && (
          <Field
            label="Code of the app, or a backup code"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
            fault={faultOf(erase.error, "totp_code")}
          />
        )}
        <CheckField
          label="I understand that this cannot be undone"
          checked={sure}
          onChange={(event) => setSure(event.target.checked)}
        />
      </form>
      {obstacles.length > 0 ? <Obstacles all={obstacles} /> : <ErrorNote error={erase.error} />}
    </Dialog>
  );
}

function Obstacles({ all }: { all: Obstacle[] }) {
  return (
    <div role="alert">
      <Note tone="warn" title="Not yet: something is still open">
        <ul className="obstacles">
          {all.map(({ code, message }) => {
            const advice = ADVICE[code];
            return (
              <li key={code}>
                <b>{message}.</b>
                <span>
                  {advice?.text ?? "Ask the firm about it."} {advice?.to && <Link to={advice.to}>{advice.place}</Link>}
                </span>
              </li>
            );
          })}
        </ul>
      </Note>
    </div>
  );
}
