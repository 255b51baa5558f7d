import { useInfiniteQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { Status } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { More } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { FilterBar, FilterChoice } from "../kit/Filter";
import { Padded } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { given, useFilters } from "../kit/useFilters";

type Row = Schemas["WebhookDeliveryObject"];
const STATUSES = ["pending", "delivered", "failed"] as const;
const EVERY = 5_000;

/// The log of what was sent, newest first.
export function Deliveries({ webhook_id, replays }: { webhook_id: number; replays: boolean }) {
  const filters = useFilters();
  const status = given<(typeof STATUSES)[number]>(filters.get("status"));
  const deliveries = useInfiniteQuery({
    queryKey: ["deliveries", webhook_id, status],
    queryFn: ({ pageParam, signal }) => {
      const query = { status, limit: 50, before_id: pageParam ?? undefined };
      return ask(api.GET("/webhooks/{webhook_id}/deliveries", { params: { path: { webhook_id }, query }, signal }));
    },
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
    refetchInterval: EVERY,
  });
  const rows = deliveries.data?.pages.flatMap((page) => page.items) ?? [];
  const replay: Column<Row> = { name: "Replay", silent: true, cell: (row) => row.status !== "pending" && <Again webhook_id={webhook_id} row={row} /> };
  return (
    <>
      <FilterBar filters={filters}>
        <FilterChoice filters={filters} name="status" label="State" options={STATUSES} />
      </FilterBar>
      <Panel title="Deliveries" flush>
        {(deliveries.isPending || deliveries.error) && (
          <Padded>
            {deliveries.isPending && <Skeleton />}
            <ErrorNote error={deliveries.error} retry={() => void deliveries.refetch()} />
          </Padded>
        )}
        {deliveries.data && (
          <Table
            label="Deliveries"
            columns={replays ? [...COLUMNS, replay] : COLUMNS}
            rows={rows}
            rowKey={(row) => row.id}
            dense
            empty={<Empty title="Nothing was sent">{replays && "Send a test, and see whether it arrives."}</Empty>}
          />
        )}
        <More what="deliveries" show={deliveries.hasNextPage} pending={deliveries.isFetchingNextPage} more={() => void deliveries.fetchNextPage()} />
      </Panel>
    </>
  );
}

const TONES: Record<string, "good" | "bad" | "warn"> = { delivered: "good", failed: "bad", pending: "warn" };

const COLUMNS: Column<Row>[] = [
  { name: "Event", lead: true, cell: (row) => <TwoLines first={<code>{row.event_type}</code>} second={<Time at={row.created_at} shape="second" />} /> },
  { name: "State", cell: (row) => <Status value={row.status} tone={TONES[row.status]} /> },
  { name: "Attempts", number: true, cell: (row) => row.attempts },
  { name: "Last attempt", cell: (row) => <Time at={row.last_attempt_at} shape="second" /> },
  { name: "Next", cell: (row) => <Time at={row.next_attempt_at} shape="second" /> },
  { name: "Answer", cell: (row) => <Answer row={row} /> },
  { name: "Message", cell: (row) => <code className="small">{row.message_id}</code> },
];

function Answer({ row }: { row: Row }) {
  const first = [row.response_status, row.last_error].filter(Boolean).join(" ");
  if (!first && !row.response_body) return <Absent />;
  if (!row.response_body) return <>{first}</>;
  return (
    <details>
      <summary>{first || "Answered"}</summary>
      <code>{row.response_body}</code>
    </details>
  );
}

function Again({ webhook_id, row }: { webhook_id: number; row: Row }) {
  return (
    <Decide
      label="Replay"
      small
      reason="none"
      title={`Send ${row.event_type} once more`}
      done="It is on its way once more."
      run={() =>
        ask(api.POST("/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", { params: { path: { webhook_id, delivery_id: row.id } } }))
      }
    >
      <p>With the same message id, so that the receiver can tell that it knows it.</p>
    </Decide>
  );
}
