import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { api, ask } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { EVENT_KINDS, subjectOf } from "../../live/kinds";
import { useStream } from "../../live/useStream";
import { Status } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Pager } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import { purchases } from "../data/queries";
import { canBePaid, type Payment, stateNote, together, type Told, typeName, withEvent } from "./payments";

const HEARD = ["ready", ...EVENT_KINDS.filter((kind) => subjectOf(kind) === "transaction")];
const FROM_THE_BEGINNING = "/events/stream?types=transaction.*&last_event_id=0";
const LIMIT = 10;

/// What was paid in and out, each with its state, as the firm's events tell it.
export function Payments() {
  const [heard, setHeard] = useState<Payment[] | null>(null);
  const bought = useQuery(purchases);
  const all = heard && !bought.isPending ? together(heard, bought.data?.purchases ?? []) : null;
  const [offset, setOffset] = useState(0);
  const tell = useToast();
  const on = useCallback((data: unknown, kind: string) => {
    setHeard((was) => (kind === "ready" ? (was ?? []) : withEvent(was ?? [], data as Told)));
  }, []);
  const live = useStream({ path: FROM_THE_BEGINNING, events: HEARD, on });
  const pay = useOnce({
    mutationFn: (tx_id: string) => ask(api.POST("/customers/me/transactions/{tx_id}/pay", { params: { path: { tx_id } } })),
    onSuccess: ({ cashier_url: url }) => {
      if (url) window.open(url, "_blank", "noopener");
      else tell("Pay as your firm has told you: it is booked as soon as it has been approved", "info");
    },
  });
  const columns: Column<Payment>[] = [
    { name: "What", lead: true, cell: (it) => typeName(it.type) },
    { name: "Since", cell: (it) => <Time at={it.begun} /> },
    { name: "State", cell: (it) => <State of={it} /> },
    { name: "Changed", cell: (it) => <Time at={it.changed} /> },
    { name: "Amount", number: true, cell: (it) => <Money amount={it.amount} currency={it.currency} /> },
    {
      name: "Pay",
      silent: true,
      cell: (it) =>
        canBePaid(it) && (
          <Button
            small
            aria-label={`Pay ${it.amount} ${it.currency}, ${typeName(it.type)}`}
            pending={pay.isPending && pay.variables === it.id}
            pendingLabel="Opening…"
            onClick={() => pay.mutate(it.id)}
          >
            Pay
          </Button>
        ),
    },
  ];
  const rows = all?.slice(offset, offset + LIMIT) ?? [];
  return (
    <Panel title="Payments" flush>
      <ErrorNote error={bought.error} retry={() => void bought.refetch()} />
      <ErrorNote error={pay.error} />
      {!all && live === "reconnecting" && <p className="panel-words soft">Payments cannot be read just now; this is tried again by itself.</p>}
      {!all && live !== "reconnecting" && <Skeleton />}
      {all && (
        <Table
          label="Payments"
          columns={columns}
          rows={rows}
          rowKey={(it) => it.id}
          empty={<Empty title="Nothing was paid in or out yet">Deposits, withdrawals, fees and what is bought from a wallet stand here.</Empty>}
        />
      )}
      {all && <Pager what="payments" offset={offset} limit={LIMIT} total={all.length} count={rows.length} go={setOffset} />}
    </Panel>
  );
}

function State({ of }: { of: Payment }) {
  const note = stateNote(of);
  return (
    <>
      <Status value={of.status} />
      {note && <span className="payment-note small soft">{note}</span>}
    </>
  );
}
