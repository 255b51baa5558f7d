import type { Schemas } from "../../api/client";
import { forDrawing, minus } from "../../format/decimal";
import { Badge } from "../../ui/Badge";
import { Figure, Money, Time } from "../../ui/figures";
import type { Column } from "../../ui/Table";
import { Meter } from "../kit/parts";
import { ruleName, words } from "../kit/words";

type State = Schemas["AccountState"];

export function floorColumns(it: State): Column<Schemas["TradingLimit"]>[] {
  const now = (row: Schemas["TradingLimit"]) => (row.measure === "equity" ? (it.equity ?? it.balance) : it.balance);
  const left = (row: Schemas["TradingLimit"]) => minus(now(row), row.level);
  return [
    { name: "Floor", lead: true, cell: (row) => ruleName(row.rule) },
    { name: "Level", number: true, cell: (row) => <Money amount={row.level} currency={it.currency} /> },
    {
      name: "Set from",
      number: true,
      cell: (row) => <Money amount={row.peak ?? row.anchor} currency={it.currency} />,
    },
    { name: "Distance", number: true, cell: (row) => <Money amount={left(row)} currency={it.currency} /> },
    {
      name: "Room left",
      cell: (row) => {
        const part = forDrawing(left(row)) / (forDrawing(row.amount) || 1);
        return <Meter value={part} tone={part <= 0.2 ? "bad" : part <= 0.5 ? "warn" : "good"} />;
      },
    },
    { name: "Set", cell: (row) => <Time at={row.anchor_taken_at} /> },
    {
      name: "Marks",
      cell: (row) => (
        <span className="row">
          {row.is_locked && <Badge>Locked</Badge>}
          {row.is_provisional && <Badge tone="info">Provisional</Badge>}
          {row.is_resting && <Badge tone="warn">Resting</Badge>}
        </span>
      ),
    },
  ];
}

export function positionColumns(currency: string): Column<Schemas["PositionObject"]>[] {
  return [
    { name: "Position", lead: true, cell: (row) => row.position_id },
    { name: "Symbol", cell: (row) => row.symbol },
    { name: "Side", cell: (row) => words(row.side) },
    { name: "Volume", number: true, cell: (row) => <Figure value={row.volume} /> },
    { name: "Opened at", number: true, cell: (row) => <Figure value={row.open_price} /> },
    { name: "Now", number: true, cell: (row) => <Figure value={row.current_price} /> },
    { name: "Profit", number: true, cell: (row) => <Money amount={row.profit} currency={currency} signed /> },
    { name: "Opened", cell: (row) => <Time at={row.opened_at} shape="second" /> },
  ];
}
