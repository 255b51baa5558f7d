import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { Status } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Padded } from "../kit/Listing";
import { useClosed } from "./useClosed";

type Row = Schemas["SymbolStatus"];

const EVERY = 5_000;
const TONES: Record<string, "good" | "warn" | "bad" | "plain"> = { fresh: "good", stale: "warn", missing: "plain", closed: "plain" };

/// The last price of every symbol.
export function Symbols() {
  const feed = useQuery({
    queryKey: ["feed"],
    queryFn: ({ signal }) => ask(api.GET("/feed/status", { signal })),
    refetchInterval: EVERY,
  });
  const closed = useClosed();
  const columns = useMemo(() => [...COLUMNS, stateColumn(closed)], [closed]);
  return (
    <Panel title="Prices" flush>
      {(feed.isPending || feed.error) && (
        <Padded>
          {feed.isPending && <Skeleton />}
          <ErrorNote error={feed.error} retry={() => void feed.refetch()} />
        </Padded>
      )}
      {feed.data && <Table label="Prices" columns={columns} rows={feed.data.symbols} rowKey={(row) => row.symbol} dense />}
    </Panel>
  );
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);
const refused = (row: Row) => row.feeds.reduce((all, feed) => all + sum(feed.refused as Record<string, number>), 0);

const COLUMNS: Column<Row>[] = [
  { name: "Symbol", lead: true, cell: (row) => row.symbol },
  { name: "Bid", number: true, cell: (row) => <Figure value={row.bid} /> },
  { name: "Ask", number: true, cell: (row) => <Figure value={row.ask} /> },
  { name: "Source", cell: (row) => row.source },
  { name: "Received", cell: (row) => <Time at={row.received_at} shape="second" /> },
  { name: "Refused", number: true, cell: refused },
];

/// Before its first price a symbol is missing for the desk, whether or not its market is open.
function stateColumn(closed: Set<string>): Column<Row> {
  const stateOf = (row: Row) => (row.freshness === "missing" && closed.has(row.symbol) ? "closed" : row.freshness);
  return { name: "State", cell: (row) => <Status value={stateOf(row)} tone={TONES[stateOf(row)]} /> };
}
