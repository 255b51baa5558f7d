import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { moneyText, percent } from "../../format/money";
import { useServerNow } from "../../format/serverClock";
import { Button } from "../../ui/Button";
import { CheckField } from "../../ui/Field";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import type { Detail, State } from "./context";
import { type Back, promised } from "./refund";

/// The fee back, as long as nothing was traded. Where the program promises none it is not there.
export function Refund({ detail, state }: { detail: Detail; state: State }) {
  const [asking, setAsking] = useState(false);
  const login = Number(state.login);
  const hasPolicy = Boolean(detail.program.refund_policy);
  const dealt = useQuery({
    queryKey: ["deals", login, "any"],
    queryFn: ({ signal }) => ask(api.GET("/accounts/{login}/deals", { params: { path: { login }, query: { limit: 1 } }, signal })),
    enabled: hasPolicy,
  });
  const traded = !dealt.data || dealt.data.items.length > 0 || state.positions.length > 0;
  const promise = promised(detail, traded, useServerNow() / 1000);
  if (!promise) return null;
  return (
    <Panel title="Changed your mind?">
      <div className="row row-apart">
        <p>
          As long as nothing was traded you can have {moneyText(promise.back, promise.currency)} back, until <Time at={promise.until} />.
        </p>
        <Button small onClick={() => setAsking(true)}>
          Ask for the fee back
        </Button>
      </div>
      {asking && <RefundDialog detail={detail} login={state.login} promise={promise} close={() => setAsking(false)} />}
    </Panel>
  );
}

interface DialogProps {
  detail: Detail;
  login: string;
  promise: Back;
  close: () => void;
}

function RefundDialog({ detail, login, promise, close }: DialogProps) {
  const [sure, setSure] = useState(false);
  const { purchase, challenge } = detail;
  const wallet = purchase.payer_login > 0 ? `wallet ${purchase.payer_login}` : null;
  const queries = useQueryClient();
  const tell = useToast();
  const refund = useOnce({
    mutationFn: () => ask(api.POST("/prop/purchases/{id}/refund", { params: { path: { id: purchase.id } } })),
    onSuccess: (done) => {
      const amount = moneyText(done.refunded_account_currency, done.purchase.account_currency ?? done.currency);
      tell(wallet ? `${amount} are back in ${wallet}` : `${amount} are on their way back to you`);
      close();
    },
    onSettled: () =>
      Promise.all(
        [["challenge", challenge.id], ["journeys"], ["accounts"], ["payers"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
      ),
  });
  return (
    <Dialog
      open
      title="Ask for the fee back?"
      close={close}
      busy={refund.isPending}
      actions={
        <>
          <Button onClick={close}>Keep the challenge</Button>
          <Button look="danger" disabled={!sure} pending={refund.isPending} pendingLabel="Asking…" onClick={() => refund.mutate()}>
            End the challenge
          </Button>
        </>
      }
    >
      <Facts>
        <Fact label="You paid">{moneyText(purchase.amount, promise.currency)}</Fact>
        {promise.kept_pct > 0 && <Fact label="The firm keeps">{percent(promise.kept_pct)}</Fact>}
        <Fact label="You get back">{moneyText(promise.back, promise.currency)}</Fact>
      </Facts>
      <p>
        The challenge ends at once: account {login} is closed, and nothing opens it again.{" "}
        {wallet ? `The money is in ${wallet} right away.` : "The firm pays the money back the way it came; until then it waits under “Account”."}
      </p>
      <CheckField
        label="I understand that the challenge ends with it"
        checked={sure}
        onChange={(event) => setSure(event.target.checked)}
      />
      <ErrorNote error={refund.error} />
    </Dialog>
  );
}
