import { useState } from "react";

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
import { PartDialog } from "./PartDialog";
import { PositionDialog } from "./PositionDialog";
import { partOf } from "./terms";
import { type Execution, useCommand } from "./useCommand";

type Position = Schemas["PositionObject"];
type Instrument = Schemas["InstrumentObject"];

interface Props {
  state: State;
  /// Nothing can be done with it just now.
  rests: boolean;
  instruments: Instrument[];
}

/// What is held, and the ways to end it.
export function PositionsPanel({ state, rests, instruments }: Props) {
  const login = Number(state.login);
  const [open, setOpen] = useState<{ id: number; what: "ends" | "part" } | null>(null);
  const tell = useToast();
  const done = (result: Execution) => {
    const profit = result.deals.at(-1)?.profit;
    tell(profit ? `Closed with ${signedMoney(profit, state.currency)} ${state.currency}` : "Closed");
  };
  const close = useCommand(
    login,
    (position_id: number, client_order_id) =>
      ask(
        api.POST("/accounts/{login}/positions/{position_id}/close", {
          params: { path: { login, position_id } },
          body: { client_order_id },
        }),
      ),
    done,
  );
  const closeAll = useCommand(
    login,
    (_: null, client_order_id) =>
      ask(api.POST("/accounts/{login}/positions/close-all", { params: { path: { login } }, body: { client_order_id } })),
    done,
  );
  const instrument = (it: Position) => instruments.find((one) => one.symbol === it.symbol);
  const digits = (it: Position) => instrument(it)?.digits;
  const part = (it: Position) => {
    const found = instrument(it);
    const half = found && partOf(it.volume, found.min_lot, found.lot_step);
    return found && half ? { half, step: found.lot_step } : null;
  };
  const chosen = state.positions.find((it) => it.position_id === open?.id);
  const parted = chosen && part(chosen);
  const leave = () => setOpen(null);

  const columns: Column<Position>[] = [
    { name: "Symbol", lead: true, cell: (it) => it.symbol },
    { name: "Side", cell: (it) => <SideBadge side={it.side} /> },
    { name: "Lots", number: true, cell: (it) => <Figure value={it.volume} /> },
    { name: "Opened at", number: true, cell: (it) => <Figure value={it.open_price} digits={digits(it)} /> },
    { name: "Now", number: true, cell: (it) => <Figure value={it.current_price} digits={digits(it)} /> },
    { name: "Stop / target", number: true, cell: (it) => <Ends of={it} digits={digits(it)} /> },
    { name: "Profit", number: true, cell: (it) => <Money amount={it.profit} currency={state.currency} signed /> },
    {
      name: "Change or close",
      silent: true,
      cell: (it) => {
        const words = `${it.side} ${it.volume} ${it.symbol}`;
        return (
          <div className="row row-end">
            <Button small aria-label={`Stop / target of ${words}`} onClick={() => setOpen({ id: it.position_id, what: "ends" })}>
              Stop / target
            </Button>
            {part(it) && (
              <Button small aria-label={`Close part of ${words}`} onClick={() => setOpen({ id: it.position_id, what: "part" })}>
                Close part
              </Button>
            )}
            <Button
              small
              aria-label={`Close ${words}`}
              pending={close.isPending && close.tried === it.position_id}
              pendingLabel="Closing…"
              onClick={() => close.start(it.position_id)}
            >
              Close
            </Button>
          </div>
        );
      },
    },
  ];
  return (
    <Panel
      title="Open positions"
      flush
      aside={
        state.positions.length > 1 && (
          <Button small pending={closeAll.isPending} pendingLabel="Closing…" onClick={() => closeAll.start(null)}>
            Close all
          </Button>
        )
      }
    >
      <ErrorNote error={close.error ?? closeAll.error} retry={close.again ?? closeAll.again} />
      <Table
        label="Open positions"
        columns={columns}
        rows={state.positions}
        rowKey={(it) => it.position_id}
        empty={<Empty title="No position is open">{state.is_traded && !rests && "Choose an instrument and buy or sell it."}</Empty>}
      />
      {chosen && open?.what === "ends" && <PositionDialog login={login} position={chosen} digits={digits(chosen)} currency={state.currency} close={leave} />}
      {chosen && parted && open?.what === "part" && (
        <PartDialog
          login={login}
          position={chosen}
          digits={digits(chosen)}
          currency={state.currency}
          part={parted.half}
          step={parted.step}
          done={done}
          close={leave}
        />
      )}
    </Panel>
  );
}

export function SideBadge({ side }: { side: string }) {
  return <Badge tone={side === "buy" ? "good" : "bad"}>{side === "buy" ? "Buy" : "Sell"}</Badge>;
}

export function Ends({ of, digits }: { of: Pick<Position, "stop_loss" | "take_profit">; digits: number | undefined }) {
  return (
    <>
      <Figure value={of.stop_loss} digits={digits} /> / <Figure value={of.take_profit} digits={digits} />
    </>
  );
}
