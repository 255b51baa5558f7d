import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import type { State } from "../challenge/context";
import { OrderDialog } from "./OrderDialog";
import { Ends, SideBadge } from "./PositionsPanel";
import { useCommand } from "./useCommand";

type Order = Schemas["OrderObject"];

/// Orders that wait for their price. Without one it is not there.
export function OrdersPanel({ state, instruments }: { state: State; instruments: Schemas["InstrumentObject"][] }) {
  const login = Number(state.login);
  const [changing, setChanging] = useState<Order | null>(null);
  const tell = useToast();
  const cancel = useCommand(
    login,
    (order_id: number, client_order_id) =>
      ask(api.DELETE("/accounts/{login}/orders/{order_id}", { params: { path: { login, order_id } }, body: { client_order_id } })),
    () => tell("The order is cancelled"),
  );
  if (state.orders.length === 0) return null;
  const digits = (it: Order) => instruments.find((one) => one.symbol === it.symbol)?.digits;
  const columns: Column<Order>[] = [
    { name: "Symbol", lead: true, cell: (it) => it.symbol },
    { name: "Side", cell: (it) => <SideBadge side={it.side} /> },
    { name: "Order", cell: (it) => it.type.replace("_", " ") },
    { name: "Lots", number: true, cell: (it) => <Figure value={it.volume} /> },
    { name: "Price", number: true, cell: (it) => <Figure value={it.price} digits={digits(it)} /> },
    { name: "Stop / target", number: true, cell: (it) => <Ends of={it} digits={digits(it)} /> },
    { name: "Placed", cell: (it) => <Time at={it.placed_at} shape="second" /> },
    {
      name: "Change or cancel",
      silent: true,
      cell: (it) => (
        <div className="row row-end">
          <Button small aria-label={`Change ${it.type} ${it.side} ${it.volume} ${it.symbol}`} onClick={() => setChanging(it)}>
            Change
          </Button>
          <Button
            small
            aria-label={`Cancel ${it.type} ${it.side} ${it.volume} ${it.symbol}`}
            pending={cancel.isPending && cancel.tried === it.order_id}
            pendingLabel="Cancelling…"
            onClick={() => cancel.start(it.order_id)}
          >
            Cancel
          </Button>
        </div>
      ),
    },
  ];
  return (
    <Panel title="Waiting orders" flush>
      <ErrorNote error={cancel.error} retry={cancel.again} />
      <Table label="Waiting orders" columns={columns} rows={state.orders} rowKey={(it) => it.order_id} />
      {changing && <OrderDialog login={login} order={changing} close={() => setChanging(null)} />}
    </Panel>
  );
}
