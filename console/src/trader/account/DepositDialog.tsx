import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { faultOf } from "../../api/errors";
import { useOnce } from "../../api/useOnce";
import { compare } from "../../format/decimal";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field } from "../../ui/Field";
import { Progress } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Intents } from "../data/keys";
import { account } from "../data/queries";

interface Props {
  wallet: Schemas["AccountListItem"];
  close: () => void;
}

/// Fills a wallet at the cashier, and waits until it has come in.
export function DepositDialog({ wallet, close }: Props) {
  const [amount, setAmount] = useState("");
  const queries = useQueryClient();
  const form = useId();
  const [intents] = useState(() => new Intents());
  const deposit = useOnce({
    mutationFn: () => {
      const body = { amount: amount.trim().replace(",", "."), account_id: wallet.account_id };
      return ask(api.POST("/customers/me/deposit", { body, params: { header: { "Idempotency-Key": intents.keyOf(body) } } }));
    },
    onSuccess: ({ cashier_url: url }) => {
      if (url) window.open(url, "_blank", "noopener");
    },
  });
  const state = useQuery({ ...account(Number(wallet.login)), enabled: deposit.isSuccess, refetchInterval: 2_000 });
  const arrived = deposit.isSuccess && state.data !== undefined && compare(state.data.balance, wallet.balance) > 0;
  const url = deposit.data?.cashier_url;
  const leave = () => {
    void queries.invalidateQueries({ queryKey: ["accounts"] });
    void queries.invalidateQueries({ queryKey: ["payers"] });
    close();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!deposit.isPending) deposit.mutate();
  };
  return (
    <Dialog
      open
      title={`Deposit into wallet ${wallet.login}`}
      close={leave}
      actions={
        <>
          <Button onClick={leave}>{arrived ? "Done" : "Close"}</Button>
          {!deposit.isSuccess && (
            <Button look="main" type="submit" form={form} pending={deposit.isPending} pendingLabel="Opening…">
              Go to the cashier
            </Button>
          )}
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        <Field
          label={`Amount in ${wallet.currency}`}
          inputMode="decimal"
          required
          readOnly={deposit.isSuccess}
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
          fault={faultOf(deposit.error, "amount")}
        />
      </form>
      <ErrorNote error={deposit.error} />
      {arrived && <Note tone="good" title="The deposit has come in" />}
      {deposit.isSuccess && !arrived && url && (
        <>
          <p>
            The cashier stands open in another tab. If it does not, <a href={url} target="_blank" rel="noopener">open it here</a>.
          </p>
          <Progress label="Waiting for the deposit" />
        </>
      )}
      {deposit.isSuccess && !url && <Note title="Pay as your firm has told you">It is booked as soon as it has been approved.</Note>}
    </Dialog>
  );
}
