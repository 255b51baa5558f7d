import { useInfiniteQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { ButtonLink } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Figure, Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { More } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { SideBadge } from "../trade/PositionsPanel";
import { useChallenge } from "./context";

type Deal = Schemas["DealObject"];

const LIMIT = 50;

const ENTRIES: Record<string, string> = {
  in: "Opened",
  out: "Closed",
  swap: "Night",
  voided: "Does not count",
};

const REASONS: Record<string, string> = {
  order: "by your order",
  waiting: "by a waiting order",
  stop_loss: "by its stop loss",
  take_profit: "by its target",
  stop_out: "by a stop-out",
  close_by: "by an opposite position",
  liquidation: "because a rule was crossed",
  rollover: "at the rollover",
  conduct: "by a rule of conduct",
  revert: "because a breach was taken back",
};

/// Everything that was dealt on the account of the phase, the newest first.
export function Component() {
  const { phase, state, detail } = useChallenge();
  const login = phase.account_login;
  const currency = state?.currency ?? "";
  const deals = useInfiniteQuery({
    queryKey: ["deals", login],
    queryFn: ({ pageParam, signal }) =>
      ask(api.GET("/accounts/{login}/deals", { params: { path: { login }, query: { limit: LIMIT, before_id: pageParam } }, signal })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => (page.next_cursor ? Number(page.next_cursor) : undefined),
  });
  const rows = deals.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<Deal>[] = [
    { name: "Time", cell: (it) => <Time at={it.at} shape="second" /> },
    { name: "Symbol", lead: true, cell: (it) => it.symbol ?? <Absent /> },
    { name: "What", cell: (it) => <What deal={it} /> },
    { name: "Side", cell: (it) => (it.side ? <SideBadge side={it.side} /> : <Absent />) },
    { name: "Lots", number: true, cell: (it) => <Figure value={it.volume} /> },
    { name: "Price", number: true, cell: (it) => <Figure value={it.price} /> },
    { name: "Profit", number: true, cell: (it) => <Money amount={it.profit} currency={currency} signed /> },
    { name: "Balance", number: true, cell: (it) => <Money amount={it.balance} currency={currency} /> },
  ];
  return (
    <Panel title="Trades" flush>
      <ErrorNote error={deals.error} retry={() => void deals.refetch()} />
      {deals.isPending && <Skeleton lines={6} />}
      {deals.data && (
        <Table
          label="Trades"
          columns={columns}
          rows={rows}
          rowKey={(it) => it.deal_id}
          empty={
            <Empty title="Nothing was traded yet" action={state?.is_traded && <ButtonLink to={`/challenges/${detail.challenge.id}/trade`}>Go to the order ticket</ButtonLink>}>
              Each trade stands here as soon as it is made.
            </Empty>
          }
        />
      )}
      <More what="trades" show={deals.hasNextPage} pending={deals.isFetchingNextPage} more={() => void deals.fetchNextPage()} />
    </Panel>
  );
}

function What({ deal }: { deal: Deal }) {
  return (
    <>
      {ENTRIES[deal.entry] ?? deal.entry.replaceAll("_", " ")} <span className="soft small">{REASONS[deal.reason] ?? ""}</span>
    </>
  );
}
