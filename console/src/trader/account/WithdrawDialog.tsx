import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { faultOf, Unreachable } from "../../api/errors";
import { useOnce } from "../../api/useOnce";
import { moneyText } from "../../format/money";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field, TextArea } from "../../ui/Field";
import { Money } from "../../ui/figures";
import { Note } from "../../ui/Note";
import { Fact, Facts } from "../../ui/Panel";
import { Intents } from "../data/keys";

interface Props {
  wallet: Schemas["AccountListItem"];
  close: () => void;
}

/// Asks for money of a wallet. It is held back until the firm has paid it out.
export function WithdrawDialog({ wallet, close }: Props) {
  const [amount, setAmount] = useState("");
  const [to, setTo] = useState("");
  const queries = useQueryClient();
  const form = useId();
  const [intents] = useState(() => new Intents());
  const withdraw = useOnce({
    mutationFn: () => {
      const body = { amount: amount.trim().replace(",", "."), account_id: wallet.account_id, payment_data: { pay_to: to.trim() } };
      return ask(api.POST("/customers/me/withdraw", { body, params: { header: { "Idempotency-Key": intents.keyOf(body) } } }));
    },
    onSettled: () =>
      Promise.all([["accounts"], ["payers"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!withdraw.isPending) withdraw.mutate();
  };
  const done = withdraw.data;
  return (
    <Dialog
      open
      title={done ? "Your withdrawal was asked for" : `Withdraw from wallet ${wallet.login}`}
      close={close}
      busy={withdraw.isPending}
      actions={
        done ? (
          <Button look="main" onClick={close}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={close}>Not now</Button>
            <Button look="main" type="submit" form={form} pending={withdraw.isPending} pendingLabel="Asking…">
              Ask for it
            </Button>
          </>
        )
      }
    >
      {done ? (
        <>
          <Note tone="good" title={`${moneyText(done.amount, done.currency)} wait for the firm’s approval`}>
            <p>They are held back in the wallet until then. Follow it under “Payments”.</p>
          </Note>
          <Facts>
            <Fact label="Can still be withdrawn">
              <Money amount={done.max_withdrawable} currency={done.currency} />
            </Fact>
          </Facts>
        </>
      ) : (
        <form id={form} className="form" onSubmit={submit}>
          <Field
            label={`Amount in ${wallet.currency}`}
            inputMode="decimal"
            autoComplete="off"
            required
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            hint={`The wallet holds ${moneyText(wallet.balance, wallet.currency)}. What already waits to be paid out is not free.`}
            fault={faultOf(withdraw.error, "amount")}
          />
          <TextArea
            label="Where it is to be paid to"
            required
            maxLength={500}
            value={to}
            onChange={(event) => setTo(event.target.value)}
            hint="Name and number of a bank account, or whatever your firm pays to"
            fault={faultOf(withdraw.error, "payment_data")}
          />
        </form>
      )}
      <ErrorNote error={withdraw.error} />
      {withdraw.error instanceof Unreachable && (
        <p className="small soft">It may have been taken. Ask once more here: it is the same withdrawal, and held back once.</p>
      )}
    </Dialog>
  );
}
