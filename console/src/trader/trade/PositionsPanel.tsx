import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { signedMoney } from "../../format/money";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Money } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import type { State } from "../challenge/context";
import { freshKey } from "../data/keys";
import { account } from "../data/queries";

type Position = Schemas["PositionObject"];

/// What is held, and the ways to end it.
export function PositionsPanel({ state }: { state: State }) {
  const login = Number(state.login);
  const queries = useQueryClient();
  const tell = useToast();
  const done = async (result: Schemas["Execution"]) => {
    const profit = result.deals.at(-1)?.profit;
    tell(profit ? `Closed with ${signedMoney(profit, state.currency)} ${state.currency}` : "Closed");
    await Promise.all([
      queries.invalidateQueries({ queryKey: account(login).queryKey }),
      queries.invalidateQueries({ queryKey: ["deals", login] }),
    ]);
  };
  const close = useMutation({
    mutationFn: (position_id: number) =>
      ask(
        api.POST("/accounts/{login}/positions/{position_id}/close", {
          params: { path: { login, position_id } },
          body: { client_order_id: freshKey() },
        }),
      ),
    onSuccess: done,
  });
  const closeAll = useMutation({
    mutationFn: () =>
      ask(api.POST("/accounts/{login}/positions/close-all", { params: { path: { login } }, body: { client_order_id: freshKey() } })),
    onSuccess: done,
  });

  const columns: Column<Position>[] = [
    { name: "Symbol", lead: true, cell: (it) => it.symbol },
    { name: "Side", cell: (it) => <SideBadge side={it.side} /> },
    { name: "Lots", number: true, cell: (it) => <Figure value={it.volume} /> },
    { name: "Opened at", number: true, cell: (it) => <Figure value={it.open_price} /> },
    { name: "Now", number: true, cell: (it) => <Figure value={it.current_price} /> },
    { name: "Stop / target", number: true, cell: (it) => <Ends position={it} /> },
    { name: "Profit", number: true, cell: (it) => <Money amount={it.profit} currency={state.currency} signed /> },
    {
      name: "Close",
      silent: true,
      cell: (it) => (
        <Button
          small
          aria-label={`Close ${it.side} ${it.volume} ${it.symbol}`}
          pending={close.isPending && close.variables === it.position_id}
          pendingLabel="Closing…"
          onClick={() => close.mutate(it.position_id)}
        >
          Close
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="Open positions"
      flush
      aside={
        state.positions.length > 1 && (
          <Button small pending={closeAll.isPending} pendingLabel="Closing…" onClick={() => closeAll.mutate()}>
            Close all
          </Button>
        )
      }
    >
      <ErrorNote error={close.error ?? closeAll.error} />
      <Table
        label="Open positions"
        columns={columns}
        rows={state.positions}
        rowKey={(it) => it.position_id}
        empty={<Empty title="No position is open">{state.is_traded && "Choose an instrument and buy or sell it."}</Empty>}
      />
    </Panel>
  );
}

export function SideBadge({ side }: { side: string }) {
  return <Badge tone={side === "buy" ? "good" : "bad"}>{side === "buy" ? "Buy" : "Sell"}</Badge>;
}

function Ends({ position }: { position: Pick<Position, "stop_loss" | "take_profit"> }) {
  return (
    <>
      <Figure value={position.stop_loss} /> / <Figure value={position.take_profit} />
    </>
  );
}
