import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import type { State } from "../challenge/context";
import { account } from "../data/queries";
import { SideBadge } from "./PositionsPanel";

type Order = Schemas["OrderObject"];

/// Orders that wait for their price. Without one it is not there.
export function OrdersPanel({ state }: { state: State }) {
  const login = Number(state.login);
  const queries = useQueryClient();
  const tell = useToast();
  const cancel = useMutation({
    mutationFn: (order_id: number) =>
      ask(api.DELETE("/accounts/{login}/orders/{order_id}", { params: { path: { login, order_id } } })),
    onSuccess: () => {
      tell("The order is cancelled");
      return queries.invalidateQueries({ queryKey: account(login).queryKey });
    },
  });
  if (state.orders.length === 0) return null;
  const columns: Column<Order>[] = [
    { name: "Symbol", lead: true, cell: (it) => it.symbol },
    { name: "Side", cell: (it) => <SideBadge side={it.side} /> },
    { name: "Order", cell: (it) => it.type.replace("_", " ") },
    { name: "Lots", number: true, cell: (it) => <Figure value={it.volume} /> },
    { name: "Price", number: true, cell: (it) => <Figure value={it.price} /> },
    { name: "Placed", cell: (it) => <Time at={it.placed_at} shape="second" /> },
    {
      name: "Cancel",
      silent: true,
      cell: (it) => (
        <Button
          small
          aria-label={`Cancel ${it.type} ${it.side} ${it.volume} ${it.symbol}`}
          pending={cancel.isPending && cancel.variables === it.order_id}
          onClick={() => cancel.mutate(it.order_id)}
        >
          Cancel
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Waiting orders" flush>
      <ErrorNote error={cancel.error} />
      <Table label="Waiting orders" columns={columns} rows={state.orders} rowKey={(it) => it.order_id} />
    </Panel>
  );
}
