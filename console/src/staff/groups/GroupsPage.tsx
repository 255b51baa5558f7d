import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { moneyText } from "../../format/money";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Figure, Percent } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { words } from "../kit/words";
import { type GroupRow, groupsQuery } from "../programs/useGroups";

/// What accounts are opened in: the terms of each group, and who uses it.
export function Component() {
  const groups = useQuery(groupsQuery);
  const items = groups.data?.items;
  return (
    <Page title="Groups" intro="What the accounts of a phase trade, with which leverage and on which terms. The firm’s file makes and changes them.">
      {groups.isPending && <Skeleton lines={8} />}
      <ErrorNote error={groups.error} retry={() => void groups.refetch()} />
      {items?.length === 0 && (
        <Panel>
          <Empty title="There is no group yet">Put one into the firm’s file, and apply it.</Empty>
        </Panel>
      )}
      {items?.map((group) => <Group key={group.group_id} group={group} />)}
    </Page>
  );
}

function Group({ group: it }: { group: GroupRow }) {
  return (
    <Panel
      title={
        <span className="row">
          {it.name}
          <Badge tone={it.account_mode === "REAL" ? "info" : "plain"}>{it.account_mode === "REAL" ? "Real" : "Demo"}</Badge>
          {!it.is_enabled && <Badge tone="warn">Disabled</Badge>}
        </span>
      }
    >
      <div className="stack">
        {it.fault && (
          <Note tone="bad" title="The desk cannot run it">
            <p>{it.fault}</p>
          </Note>
        )}
        <Facts>
          <Fact label="Currency">{it.currency}</Fact>
          <Fact label="Leverage">1:{it.leverage}</Fact>
          <Fact label="Margin call">
            <Percent value={it.margin_call_pct} />
          </Fact>
          <Fact label="Stop-out">
            <Percent value={it.stop_out_pct} />
          </Fact>
          <Fact label="Positions" note={it.booking === "netting" ? "one for each symbol" : "one for each order"}>
            {it.max_positions ?? <Absent />}
          </Fact>
          <Fact label="Waiting orders">{it.max_orders}</Fact>
          <Fact label="Begins with">{moneyText(it.default_deposit, it.currency)}</Fact>
        </Facts>
        <Users programs={it.programs} />
        {it.instruments.length > 0 && (
          <details>
            <summary>
              Instruments ({it.instruments.length}
              {it.left_out.length > 0 && `, ${it.left_out.length} left out`})
            </summary>
            <Table label={`Instruments of ${it.name}`} columns={COLUMNS} rows={it.instruments} rowKey={(row) => row.symbol} dense />
            {it.left_out.length > 0 && (
              <p className="small soft">Nothing turns the profit of these into {it.currency}: {it.left_out.join(", ")}.</p>
            )}
          </details>
        )}
      </div>
    </Panel>
  );
}

function Users({ programs }: { programs: GroupRow["programs"] }) {
  if (programs.length === 0) return <p className="small soft">No program opens accounts in it.</p>;
  return (
    <p>
      <span className="soft">Used by </span>
      {programs.map((it, index) => (
        <span key={it.template_id}>
          {index > 0 && ", "}
          <Link to={`/staff/programs/${it.template_id}`}>{it.name}</Link> ({it.phases.join(", ")})
        </span>
      ))}
    </p>
  );
}

const COLUMNS: Column<Schemas["GroupInstrument"]>[] = [
  { name: "Symbol", lead: true, cell: (row) => row.symbol },
  { name: "Name", cell: (row) => row.display_name },
  { name: "Class", cell: (row) => (row.asset_class === "fx" ? "FX" : words(row.asset_class)) },
  { name: "Margin rate", number: true, cell: (row) => <Figure value={row.margin_rate} /> },
  { name: "Commission rate", number: true, cell: (row) => <Figure value={row.commission_rate} /> },
  { name: "Lots", number: true, cell: (row) => `${row.min_lot} to ${row.max_lot}` },
  {
    name: "Terms",
    cell: (row) => (
      <span className="row">
        {row.trading !== "full" && <Badge tone="warn">{words(row.trading)}</Badge>}
        {row.is_changed ? <Badge tone="info">Own</Badge> : "As in the catalogue"}
      </span>
    ),
  },
];
