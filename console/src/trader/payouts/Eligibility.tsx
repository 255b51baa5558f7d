import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { moneyText } from "../../format/money";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Percent } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import { numberOf } from "../data/keys";
import { Conditions } from "./Conditions";

type Look = Schemas["PayoutEligibility"];

/// Every condition with what there is and what is wanted, and what it would come to.
export function Eligibility({ look, accountId }: { look: Look; accountId: string | undefined }) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const tell = useToast();
  const request = useOnce({
    mutationFn: () => ask(api.POST("/challenges/me/payouts/request", { params: { query: { account_id: accountId } } })),
    onSuccess: (payout) => {
      setAsking(false);
      if (payout.status === "auto_rejected") tell(payout.reason ?? "The payout was refused by its conditions", "bad");
      else tell(`A payout of ${moneyText(payout.payout_amount, payout.currency)} was asked for`);
    },
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey: ["payouts"] }), queries.invalidateQueries({ queryKey: ["eligibility"] })]),
  });
  const challenge = numberOf(look.journey_id);
  const growth = look.scaling;
  const missing = look.conditions.filter((it) => !it.met).length;
  return (
    <Panel
      title={`Funded account ${look.account_login}`}
      aside={
        <Button look="main" disabled={!look.eligible} onClick={() => setAsking(true)}>
          Ask for a payout
        </Button>
      }
    >
      <div className="payout-columns">
        <div className="stack">
          <div className="stack-small">
            <h3>{missing === 0 ? "Every condition is met" : missing === 1 ? "One condition is still missing" : `${missing} conditions are still missing`}</h3>
            <Conditions all={look.conditions} currency={look.currency} challenge={challenge} />
          </div>
          {growth && typeof growth.next_increase === "number" && (
            <div className="stack-small">
              <h3>
                What lets the account grow by {moneyText(growth.next_increase, look.currency)} ({growth.growths} of {growth.growths_max} times so
                far)
              </h3>
              <Conditions all={growth.conditions} currency={look.currency} challenge={challenge} />
            </div>
          )}
        </div>
        <Facts>
          <Fact label="Profit">
            <Money amount={look.profit_amount} currency={look.currency} />
          </Fact>
          <Fact label="Your share">
            <Percent value={look.profit_split_pct} />
          </Fact>
          <Fact label="You would get">
            <Money amount={look.payout_amount} currency={look.currency} />
          </Fact>
          {look.buffer_amount > 0 && (
            <Fact label="Has to stay">
              <Money amount={look.buffer_amount} currency={look.currency} />
            </Fact>
          )}
        </Facts>
      </div>
      {asking && (
        <Dialog
          open
          title="Ask for this payout?"
          close={() => setAsking(false)}
          busy={request.isPending}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Not now</Button>
              <Button look="main" pending={request.isPending} pendingLabel="Asking…" onClick={() => request.mutate()}>
                Ask for {moneyText(look.payout_amount, look.currency)}
              </Button>
            </>
          }
        >
          <p>
            {moneyText(look.taken_amount, look.currency)} leave the account now, of which {moneyText(look.payout_amount, look.currency)} are
            yours. If the firm refuses, they come back.
          </p>
          <ErrorNote error={request.error} />
        </Dialog>
      )}
    </Panel>
  );
}
