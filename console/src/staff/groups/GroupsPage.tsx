import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Figure, Money, Percent } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Padded } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { useFilters } from "../kit/useFilters";
import { words } from "../kit/words";
import { type GroupRow, groupsQuery } from "../programs/useGroups";

/// What accounts are opened in: the terms of each group, who uses it, and what one of them trades.
export function Component() {
  const groups = useQuery(groupsQuery);
  const chosen = useFilters().get("group");
  const items = groups.data?.items ?? [];
  const shown = items.find((it) => it.group_id === chosen);
  return (
    <Page title="Groups" intro="What accounts trade, and on which terms. The firm’s file makes and changes them.">
      <Panel flush>
        {(groups.isPending || groups.error) && (
          <Padded>
            {groups.isPending && <Skeleton lines={8} />}
            <ErrorNote error={groups.error} retry={() => void groups.refetch()} />
          </Padded>
        )}
        {groups.data && (
          <Table
            label="groups"
            columns={COLUMNS}
            rows={items}
            rowKey={(row) => row.group_id}
            dense
            empty={<Empty title="There is no group yet">Put one into the firm’s file, and apply it.</Empty>}
          />
        )}
      </Panel>
      {shown && <Instruments key={shown.group_id} group={shown} />}
    </Page>
  );
}

const COLUMNS: Column<GroupRow>[] = [
  {
    name: "Group",
    lead: true,
    cell: (row) => (
      <span className="row">
        <b>{row.name}</b>
        {row.account_mode === "REAL" && <Badge tone="info">Real</Badge>}
        {!row.is_enabled && <Badge tone="warn">Disabled</Badge>}
        {row.fault && <Badge tone="bad">Cannot run</Badge>}
      </span>
    ),
  },
  { name: "Terms", cell: (row) => <TwoLines first={<span className="number">{`${row.currency}, 1:${row.leverage}`}</span>} second={words(row.booking)} /> },
  {
    name: "Margin call, stop-out",
    cell: (row) => (
      <>
        <Percent value={row.margin_call_pct} />, <Percent value={row.stop_out_pct} />
      </>
    ),
  },
  { name: "Positions", number: true, cell: (row) => row.max_positions ?? <Absent /> },
  { name: "Begins with", number: true, cell: (row) => <Money amount={row.default_deposit} currency={row.currency} /> },
  { name: "Used by", cell: (row) => <Users programs={row.programs} /> },
  {
    name: "Trades",
    cell: (row) => (
      <Link to={`?group=${row.group_id}`} preventScrollReset className="number" aria-label={`${row.instruments.length} symbols of ${row.name}`}>
        {row.instruments.length} symbols
      </Link>
    ),
  },
];

const FEW = 3;

function Users({ programs }: { programs: GroupRow["programs"] }) {
  if (programs.length === 0) return <span className="faint">no program</span>;
  const shown = programs.length > FEW + 1 ? FEW : programs.length;
  return (
    <span>
      {programs.slice(0, shown).map((it, index) => (
        <span key={it.template_id}>
          {index > 0 && ", "}
          <Link to={`/staff/programs/${it.template_id}`} title={it.phases.join(", ")}>
            {it.name}
          </Link>
        </span>
      ))}
      {programs.length > shown && ` and ${programs.length - shown} more`}
    </span>
  );
}

function Instruments({ group: it }: { group: GroupRow }) {
  const frame = useRef<HTMLDivElement>(null);
  // It stands below all groups, and may be out of sight.
  useEffect(() => frame.current?.scrollIntoView({ block: "start" }), []);
  return (
    <div ref={frame}>
      <Panel title={`What ${it.name} trades`} flush>
        {(it.fault || it.left_out.length > 0) && (
          <Padded>
            {it.fault && (
              <Note tone="bad" title="The desk cannot run it">
                <p>{it.fault}. Mend it in the firm’s file, and apply that.</p>
              </Note>
            )}
            {it.left_out.length > 0 && (
              <p className="small soft">
                Left out, since no price turns their profit into {it.currency}: {it.left_out.join(", ")}.
              </p>
            )}
          </Padded>
        )}
        {it.instruments.length > 0 && (
          <Table label={`Instruments of ${it.name}`} columns={INSTRUMENTS} rows={it.instruments} rowKey={(row) => row.symbol} dense />
        )}
      </Panel>
    </div>
  );
}

const Lots = ({ row }: { row: Schemas["GroupInstrument"] }) => (
  <span className="number">
    <Figure value={row.min_lot} /> to <Figure value={row.max_lot} />
  </span>
);

const INSTRUMENTS: Column<Schemas["GroupInstrument"]>[] = [
  { name: "Symbol", lead: true, cell: (row) => <TwoLines first={row.symbol} second={row.display_name} /> },
  { name: "Class", cell: (row) => (row.asset_class === "fx" ? "FX" : words(row.asset_class)) },
  { name: "Margin rate", number: true, cell: (row) => <Figure value={row.margin_rate} /> },
  { name: "Commission rate", number: true, cell: (row) => <Figure value={row.commission_rate} /> },
  { name: "Lots", number: true, cell: (row) => <Lots row={row} /> },
  { name: "Trading", cell: (row) => (row.trading === "full" ? "Full" : <Badge tone="warn">{words(row.trading)}</Badge>) },
  { name: "Terms", cell: (row) => (row.is_changed ? <Badge tone="info">Own</Badge> : "As in the catalogue") },
];
