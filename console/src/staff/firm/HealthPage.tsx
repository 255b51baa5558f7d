import { useQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { noteServerTime } from "../../format/serverClock";
import { leftText } from "../../format/time";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { words } from "../kit/words";
import { Symbols } from "./Symbols";
import { useClosed } from "./useClosed";

type Health = Schemas["PropHealth"];

const EVERY = 5_000;

/// Whether prices come, the desk keeps up, and mail and events go out.
export function Component() {
  const health = useQuery({
    queryKey: ["health"],
    queryFn: async ({ signal }) => {
      const answer = await ask(api.GET("/prop/health", { signal }));
      noteServerTime(answer.now);
      return answer;
    },
    refetchInterval: EVERY,
  });
  const it = health.data;
  return (
    <Page title="Health" intro="Feeds, desk and what goes out. It is looked up again every 5 seconds.">
      <ErrorNote error={health.error} retry={() => void health.refetch()} />
      {health.isPending && <Skeleton lines={8} />}
      {it && (
        <>
          <Desk health={it} />
          <Feeds feeds={it.feeds} />
          <Out health={it} />
        </>
      )}
      <Symbols />
    </Page>
  );
}

const span = (ms: number | null | undefined) => (ms === null || ms === undefined ? <Absent /> : ms < 1000 ? `${ms} ms` : leftText(ms));

function Desk({ health: { desk, database, version, uptime_seconds } }: { health: Health }) {
  const closed = useClosed();
  const missing = desk.missing_symbols.filter((it) => !closed.has(it));
  const gaps = [...missing.map((it) => `${it} (no price)`), ...desk.stale_symbols.map((it) => `${it} (old price)`)];
  return (
    <Panel title="Desk and server" aside={<Status value={desk.state} tone={desk.state === "running" ? "good" : "warn"} />}>
      <div className="stack">
        <Facts>
          <Fact label="Accounts on the desk">{desk.accounts ?? <Absent />}</Fact>
          <Fact label="Waits for the desk" note={desk.queue > 0 && <>oldest {span(desk.oldest_waiting_ms)}</>}>
            {desk.queue}
          </Fact>
          <Fact label="Behind the prices">{span(desk.lag_ms)}</Fact>
          <Fact label="Judged until">
            <Time at={desk.judged_until} shape="second" />
          </Fact>
          <Fact label="Database" note={`${database.queue} writes wait`}>
            {words(database.engine)}
          </Fact>
          <Fact label="Version" note={`runs since ${leftText(uptime_seconds * 1000)}`}>
            {version}
          </Fact>
        </Facts>
        {closed.size > 0 && (
          <p className="small soft">
            {closed.size === 1 ? "1 symbol is" : `${closed.size} symbols are`} closed at this hour, and need no price.
          </p>
        )}
        {gaps.length > 0 && (
          <Note tone="warn" title="Symbols without a fresh price">
            <p>{gaps.join(", ")}</p>
          </Note>
        )}
      </div>
    </Panel>
  );
}

const FEEDS: Column<Schemas["FeedHealth"]>[] = [
  { name: "Feed", lead: true, cell: (row) => row.feed },
  { name: "Last price", number: true, cell: (row) => span(row.age_ms) },
  { name: "Taken", number: true, cell: (row) => row.accepted },
  { name: "Doubtful", number: true, cell: (row) => row.flagged },
  { name: "Refused", number: true, cell: (row) => <span className={row.refused > 0 ? "warn" : ""}>{row.refused}</span> },
];

function Feeds({ feeds }: { feeds: Schemas["FeedHealth"][] }) {
  return (
    <Panel title="Feeds" flush>
      <Table label="Feeds" columns={FEEDS} rows={feeds} rowKey={(row) => row.feed} dense empty={<Empty title="No feed has sent a price yet">Connect one: it sends signed batches to POST /feed/ticks.</Empty>} />
    </Panel>
  );
}

const FOLLOWERS: Column<Schemas["OutboxFollower"]>[] = [
  { name: "Follower", lead: true, cell: (row) => words(row.name) },
  { name: "Behind", number: true, cell: (row) => row.behind },
  { name: "Since", cell: (row) => <Time at={row.behind_since} shape="second" /> },
  { name: "State", cell: (row) => <Badge tone={row.behind > 0 ? "warn" : "good"}>{row.behind > 0 ? "Catching up" : "Up to date"}</Badge> },
];

function Out({ health: { mail, outbox } }: { health: Health }) {
  return (
    <Panel title="What goes out" flush>
      <div className="padded">
        <Facts>
          <Fact label="Mails that wait" note={mail.oldest_at && <>oldest since <Time at={mail.oldest_at} /></>}>
            {mail.waiting}
          </Fact>
          <Fact label="Mails tried again">{mail.retrying}</Fact>
          <Fact label="Newest event">{outbox.newest}</Fact>
        </Facts>
      </div>
      <Table label="Followers of events" columns={FOLLOWERS} rows={outbox.followers} rowKey={(row) => row.name} dense />
    </Panel>
  );
}
