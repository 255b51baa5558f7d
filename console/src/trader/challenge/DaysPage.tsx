import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Pager } from "../../ui/Pager";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Calendar } from "./Calendar";
import { useChallenge } from "./context";
import { lastDay, type LastDay } from "./lastDay";

type Day = Schemas["DayObject"];

const LIMIT = 92;

/// How each trading day closed, as a calendar and line by line.
export function Component() {
  const { detail, phase, state } = useChallenge();
  const [offset, setOffset] = useState(0);
  const id = detail.challenge.id;
  const currency = state?.currency ?? "";
  const days = useQuery({
    queryKey: ["challenge", id, "days", offset],
    queryFn: ({ signal }) =>
      ask(api.GET("/prop/challenges/{id}/days", { params: { path: { id }, query: { limit: LIMIT, offset } }, signal })),
  });
  const rows = days.data?.days ?? [];
  // The newest days stand on the first page.
  const last = days.data && offset === 0 ? lastDay(phase, state, rows) : null;
  const columns: Column<Day>[] = [
    { name: "Day", lead: true, cell: (it) => it.day },
    { name: "Profit", number: true, cell: (it) => <Money amount={it.profit} currency={currency} signed /> },
    { name: "Equity at the end", number: true, cell: (it) => <Money amount={it.equity} currency={currency} /> },
    { name: "Daily floor", number: true, cell: (it) => <Money amount={it.daily_floor} currency={currency} /> },
    { name: "Max. loss floor", number: true, cell: (it) => <Money amount={it.total_floor} currency={currency} /> },
    { name: "Counts", cell: (it) => <Counts day={it} /> },
  ];
  return (
    <div className="stack">
      <ErrorNote error={days.error} retry={() => void days.refetch()} />
      {days.isPending && <Skeleton lines={6} />}
      {days.data && rows.length === 0 && (
        <Panel>
          {phase.end_time > 0 ? (
            <Empty title="No trading day has closed">The phase was over before its first day was.</Empty>
          ) : (
            <Empty title="No trading day has closed yet">The first one stands here when it ends, with its floors.</Empty>
          )}
        </Panel>
      )}
      {last && <NotClosed day={last} currency={currency} />}
      {rows.length > 0 && (
        <>
          <Panel title="Calendar">
            <Calendar days={rows} currency={currency} />
          </Panel>
          <Panel title="Day by day" flush>
            <Table label="Trading days" columns={columns} rows={rows} rowKey={(it) => `${it.phase_id} ${it.day}`} />
            <Pager
              what="days"
              offset={offset}
              limit={LIMIT}
              total={days.data?.count}
              count={rows.length}
              go={setOffset}
              busy={days.isFetching}
            />
          </Panel>
        </>
      )}
    </div>
  );
}

function NotClosed({ day, currency }: { day: LastDay; currency: string }) {
  return (
    <Panel title={day.over ? "The day on which the phase ended" : "Today, which has not closed"}>
      <Facts>
        {day.over && (
          <Fact label="Ended">
            <Time at={day.at} shape="second" />
          </Fact>
        )}
        <Fact label={day.over ? "Profit of that day" : "Profit so far"}>
          <Money amount={day.profit} currency={currency} signed />
        </Fact>
        <Fact label={day.over ? "Equity at the end" : "Equity now"}>
          <Money amount={day.equity} currency={currency} />
        </Fact>
      </Facts>
    </Panel>
  );
}

function Counts({ day }: { day: Day }) {
  return (
    <span className="row">
      {day.is_trading_day && <Badge tone="info">Trading day</Badge>}
      {day.is_profitable_day && <Badge tone="good">Profitable day</Badge>}
      {!day.is_firm && <Badge tone="warn">Prices were old</Badge>}
    </span>
  );
}
