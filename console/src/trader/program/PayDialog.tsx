import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";

import { api, ask } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { minus } from "../../format/decimal";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money } from "../../ui/figures";
import { Field } from "../../ui/Field";
import { ExternalLink } from "../../ui/icons";
import { Progress } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts } from "../../ui/Panel";
import { numberOf } from "../data/keys";
import { journeys } from "../data/queries";
import type { Promoted } from "./useOrder";

const LOOK_EVERY = 2_000;

interface Props {
  transaction: string;
  journey: string;
  amount: string;
  currency: string;
  /// What became of a code that came with it.
  promoted?: Promoted;
  close: () => void;
}

/// Pays the fee of an enrolment at the cashier, and waits until it has come in.
export function PayDialog({ transaction, journey, amount, currency, promoted, close }: Props) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [code, setCode] = useState(promoted?.fee?.promo_code ?? "");
  const path = { params: { path: { tx_id: transaction } } };
  const promo = useOnce({
    mutationFn: () => ask(api.POST("/customers/me/transactions/{tx_id}/promo", { ...path, body: { code: code.trim() } })),
  });
  const pay = useOnce({
    mutationFn: () => ask(api.POST("/customers/me/transactions/{tx_id}/pay", path)),
    onSuccess: ({ cashier_url: url }) => {
      if (url) window.open(url, "_blank", "noopener");
    },
  });
  const fee = promo.data ?? promoted?.fee;
  const unapplied = code.trim() !== "" && code.trim().toUpperCase() !== fee?.promo_code;
  const waiting = pay.isSuccess || fee?.activated === true;
  const list = useQuery({ ...journeys(undefined, 50, 0), refetchInterval: waiting ? LOOK_EVERY : false });
  const mine = list.data?.items.find((item) => item.journey_id === journey);
  const paid = mine !== undefined && mine.status !== "pending_payment";

  const leave = () => {
    void queries.invalidateQueries({ queryKey: ["journeys"] });
    close();
  };
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (!promo.isPending) promo.mutate();
  };
  const cashier = pay.data?.cashier_url;

  return (
    <Dialog
      open
      title={paid ? "Your challenge is running" : "Pay the fee"}
      close={leave}
      actions={
        paid ? (
          <Button look="main" onClick={() => void navigate(`/challenges/${numberOf(journey)}`)}>
            Go to the challenge
          </Button>
        ) : (
          <>
            <Button onClick={leave}>Pay later</Button>
            {!cashier && (
              <Button look="main" disabled={unapplied} pending={pay.isPending} pendingLabel="Opening…" onClick={() => pay.mutate()}>
                Open the cashier <ExternalLink aria-hidden="true" />
              </Button>
            )}
          </>
        )
      }
    >
      {paid ? (
        <Note tone="good" title="The fee has come in" />
      ) : (
        <>
          <Facts>
            <Fact label="To pay">
              <Money amount={fee?.fee_amount ?? amount} currency={currency} />
            </Fact>
            {fee?.promo_code && (
              <Fact label={`Code ${fee.promo_code}`}>
                <Money amount={minus(0, fee.discount_amount)} currency={currency} signed />
              </Fact>
            )}
            <Fact label="Account">{mine?.login ?? "–"}</Fact>
          </Facts>
          {!pay.isSuccess && (
            <form className="row" onSubmit={apply}>
              <Field
                label="Promotion code"
                value={code}
                autoComplete="off"
                onChange={(event) => setCode(event.target.value)}
                hint={unapplied ? "Apply it or take it away, then pay." : undefined}
              />
              <Button type="submit" pending={promo.isPending} disabled={!unapplied}>
                Apply
              </Button>
            </form>
          )}
          <ErrorNote error={promo.error ?? pay.error ?? (promo.isIdle ? promoted?.refusal : null)} />
          {cashier && (
            <>
              <p>
                The cashier stands open in another tab. If it does not, <a href={cashier} target="_blank" rel="noopener">open it here</a>.
              </p>
              <Progress label="Waiting for the payment" />
            </>
          )}
          {pay.isSuccess && !cashier && (
            <Note title="Pay as your firm has told you">
              <p>The challenge begins as soon as your payment has been approved.</p>
            </Note>
          )}
          {!pay.isSuccess && <p className="soft">You can pay later, too: it waits under “My challenges”.</p>}
        </>
      )}
    </Dialog>
  );
}
