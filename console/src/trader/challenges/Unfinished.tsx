import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { moneyText } from "../../format/money";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";
import { programs, purchases } from "../data/queries";
import { troubleOf } from "./unfinished";

type Purchase = Schemas["PurchaseObject"];

/// Purchases that have become no challenge or whose fee is gone, and what can be done about each.
export function Unfinished() {
  const list = useQuery(purchases);
  const ended = (purchase: Purchase) =>
    list.data?.challenges.some((it) => (it.purchase_id === purchase.id || it.account_login === purchase.account_login) && it.end_time > 0) ?? false;
  return (list.data?.purchases ?? []).map((it) => {
    const trouble = troubleOf(it);
    if (trouble === "charged_back") return <ChargedBack key={it.id} purchase={it} over={ended(it)} />;
    return trouble && <One key={it.id} purchase={it} />;
  });
}

function useProgramName({ program_id }: Purchase): string {
  return useQuery(programs).data?.rows.find((it) => it.id === program_id)?.display_name ?? "a challenge";
}

function ChargedBack({ purchase, over }: { purchase: Purchase; over: boolean }) {
  const name = useProgramName(purchase);
  return (
    <Note tone="warn" title={`A bank has taken back the fee of ${name}`}>
      <p>
        {over
          ? "The challenge has ended."
          : "The challenge rests until that is settled: nothing can be traded on it or paid out."}{" "}
        Contact the firm, and tell it the number of the purchase ({purchase.id}).
      </p>
    </Note>
  );
}

function One({ purchase }: { purchase: Purchase }) {
  const { id, amount, currency, failure_reason: reason } = purchase;
  const name = useProgramName(purchase);
  const queries = useQueryClient();
  const tell = useToast();
  const renew = () =>
    Promise.all([["purchases"], ["journeys"], ["payers"], ["accounts"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  const retry = useOnce({
    mutationFn: () => ask(api.POST("/prop/purchases/{id}/retry", { params: { path: { id } } })),
    onSuccess: (done) => tell(done.challenge ? "The challenge is running" : "The purchase goes on by itself"),
    onSettled: renew,
  });
  const cancel = useOnce({
    mutationFn: () => ask(api.POST("/prop/purchases/{id}/cancel", { params: { path: { id } } })),
    onSuccess: () => tell(`Purchase ${id} is cancelled`),
    onSettled: renew,
  });
  return (
    <Note tone="warn" title={`Your purchase of ${name} did not go through`}>
      <p>
        {purchase.can_retry
          ? `Nothing was taken. Another try costs ${moneyText(amount, currency)}, as the first one would have.`
          : `Tell the firm the number of the purchase (${id}): it has been told as well, and your money is not lost.`}
      </p>
      {reason && (
        <p className="small soft">
          <code>{reason}</code>
        </p>
      )}
      <div className="row">
        {purchase.can_retry && (
          <Button small look="main" pending={retry.isPending} pendingLabel="Trying…" onClick={() => retry.mutate()}>
            Try again
          </Button>
        )}
        {purchase.can_cancel && (
          <Button small pending={cancel.isPending} pendingLabel="Cancelling…" onClick={() => cancel.mutate()}>
            Cancel it
          </Button>
        )}
      </div>
      <ErrorNote error={retry.error ?? cancel.error} />
    </Note>
  );
}
