import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { moneyText } from "../../format/money";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";
import { programs, purchases } from "../data/queries";

type Purchase = Schemas["PurchaseObject"];

/// Purchases that have become no challenge, and what can be done about each.
export function Unfinished() {
  const list = useQuery(purchases);
  const open = (list.data?.purchases ?? []).filter(({ next_action: next }) => next === "RETRY" || next === "CONTACT_SUPPORT");
  return open.map((it) => <One key={it.id} purchase={it} />);
}

function One({ purchase }: { purchase: Purchase }) {
  const { id, amount, currency, failure_reason: reason } = purchase;
  const name = useQuery(programs).data?.rows.find((it) => it.id === purchase.program_id)?.display_name ?? "a challenge";
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
