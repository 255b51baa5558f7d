import type { Schemas } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { Figure, Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Json } from "../kit/parts";
import { ruleName, words } from "../kit/words";

interface Props {
  breach: Schemas["BreachEventDetail"];
  currency: string;
}

/// What was kept with the breach, and the chain that proves that nobody has changed it.
export function Evidence({ breach: it, currency }: Props) {
  return (
    <>
      <Panel title="All limits at that moment" flush>
        <Table label="Limits" columns={limitColumns(currency)} rows={it.limits} rowKey={(row) => `${row.rule_type} ${row.level}`} dense />
      </Panel>
      {it.positions.length > 0 && (
        <Panel title="Open positions at that moment" flush>
          <Table label="Positions" columns={positionColumns(currency)} rows={it.positions} rowKey={(row) => row.position_id} dense />
        </Panel>
      )}
      {it.prices.length > 0 && (
        <Panel title="Prices by which it was judged" flush>
          <Table label="Prices" columns={TICKS} rows={it.prices} rowKey={(row) => `${row.symbol} ${row.sequence}`} dense />
        </Panel>
      )}
      <Panel title="Evidence">
        <div className="stack">
          <p>
            Record {it.number}, program version {it.rule_set_version ?? "unknown"}. Each record carries the fingerprint of the one
            before, so that none can be changed afterwards.
          </p>
          <p className="small soft">
            Fingerprint <code>{it.hash}</code>
            <br />
            Before {it.previous_hash ? <code>{it.previous_hash}</code> : "none: it is the first"}
          </p>
          <details>
            <summary>As it is kept</summary>
            <Json value={it.evidence} label="Evidence as it is kept" />
          </details>
        </div>
      </Panel>
    </>
  );
}

function limitColumns(currency: string): Column<Schemas["LimitObject"]>[] {
  const amount = (value: number | null | undefined) => <Money amount={value} currency={currency} />;
  return [
    { name: "Rule", lead: true, cell: (row) => ruleName(row.rule_type) },
    { name: "Measure", cell: (row) => words(row.measure) },
    { name: "Level", number: true, cell: (row) => amount(row.level) },
    { name: "Anchor", number: true, cell: (row) => amount(row.anchor) },
    { name: "Peak", number: true, cell: (row) => amount(row.peak) },
    { name: "Room", number: true, cell: (row) => amount(row.amount) },
    { name: "Set", cell: (row) => <Time at={row.taken_at} shape="second" /> },
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

function positionColumns(currency: string): Column<Schemas["PositionThenObject"]>[] {
  return [
    { name: "Position", lead: true, cell: (row) => row.position_id },
    { name: "Symbol", cell: (row) => row.symbol },
    { name: "Side", cell: (row) => words(row.side) },
    { name: "Volume", number: true, cell: (row) => <Figure value={row.volume} /> },
    { name: "Price then", number: true, cell: (row) => <Figure value={row.price} /> },
    { name: "Floating", number: true, cell: (row) => <Money amount={row.profit} currency={currency} signed /> },
    { name: "Opened", cell: (row) => <Time at={row.opened_at} shape="second" /> },
  ];
}

const TICKS: Column<Schemas["TickObject"]>[] = [
  { name: "Symbol", lead: true, cell: (row) => row.symbol },
  { name: "Bid", number: true, cell: (row) => <Figure value={row.bid} /> },
  { name: "Ask", number: true, cell: (row) => <Figure value={row.ask} /> },
  { name: "Number", number: true, cell: (row) => row.sequence },
  { name: "Source", cell: (row) => row.source },
  { name: "Of the feed", cell: (row) => <Time at={row.feed_time} shape="second" /> },
  { name: "Received", cell: (row) => <Time at={row.received_at} shape="second" /> },
];
