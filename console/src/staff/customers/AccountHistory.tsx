import { useInfiniteQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { forDrawing } from "../../format/decimal";
import { money, moneyText } from "../../format/money";
import { millis } from "../../format/time";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Money, Time } from "../../ui/figures";
import { LazyChart } from "../../ui/LazyChart";
import { Skeleton } from "../../ui/Loading";
import { More } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Padded } from "../kit/Listing";
import { words } from "../kit/words";

type Deal = Schemas["DealObject"];

/// What was dealt, newest first, and the balance over it where nothing else draws it.
export function AccountHistory({ login, currency, drawn }: { login: number; currency: string; drawn: boolean }) {
  const deals = useInfiniteQuery({
    queryKey: ["deals", login],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 100, before_id: pageParam ?? undefined };
      return ask(api.GET("/accounts/{login}/deals", { params: { path: { login }, query }, signal }));
    },
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
  const rows = deals.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {drawn && rows.length > 1 && <Balance deals={rows} currency={currency} />}
      <Panel title="Deals" flush>
        {(deals.isPending || deals.error) && (
          <Padded>
            {deals.isPending && <Skeleton />}
            <ErrorNote error={deals.error} retry={() => void deals.refetch()} />
          </Padded>
        )}
        {deals.data && (
          <Table
            label="Deals"
            columns={columns(currency)}
            rows={rows}
            rowKey={(row) => row.deal_id}
            dense
            empty={<Empty title="Nothing was dealt yet" />}
          />
        )}
        <More what="deals" show={deals.hasNextPage} pending={deals.isFetchingNextPage} more={() => void deals.fetchNextPage()} />
      </Panel>
    </>
  );
}

function Balance({ deals, currency }: { deals: Deal[]; currency: string }) {
  const inOrder = [...deals].reverse();
  const values = inOrder.map((deal) => forDrawing(deal.balance));
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  if (!first || !last) return null;
  return (
    <Panel title="Balance">
      <LazyChart
        label="Balance after each deal"
        words={`${inOrder.length} deals, from ${moneyText(first.balance, currency)} to ${moneyText(last.balance, currency)}.`}
        times={inOrder.map((deal) => millis(deal.at) / 1000)}
        series={[{ name: "Balance", color: "--chart-equity", values, stepped: true, filled: true }]}
        height={220}
        valueText={(value) => money(value.toFixed(2), currency)}
      />
    </Panel>
  );
}

function columns(currency: string): Column<Deal>[] {
  return [
    { name: "Deal", lead: true, cell: (row) => row.deal_id },
    { name: "At", cell: (row) => <Time at={row.at} shape="second" /> },
    { name: "What", cell: (row) => `${words([row.entry, row.side].filter(Boolean).join(" "))} ${row.symbol ?? ""}` },
    { name: "Volume", number: true, cell: (row) => <Figure value={row.volume} /> },
    { name: "Price", number: true, cell: (row) => <Figure value={row.price} /> },
    { name: "Profit", number: true, cell: (row) => <Money amount={row.profit} currency={currency} signed /> },
    { name: "Commission", number: true, cell: (row) => <Money amount={row.commission} currency={currency} /> },
    { name: "Swap", number: true, cell: (row) => <Money amount={row.swap} currency={currency} /> },
    { name: "Balance", number: true, cell: (row) => <Money amount={row.balance} currency={currency} /> },
    { name: "Because of", cell: (row) => words(row.reason) },
  ];
}
