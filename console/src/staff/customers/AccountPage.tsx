import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { plus } from "../../format/decimal";
import { noteServerTime } from "../../format/serverClock";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { floorsOf } from "../kit/curve";
import { EquityCurve } from "../kit/EquityCurve";
import { CustomerLink } from "../kit/parts";
import { AccountHistory } from "./AccountHistory";
import { floorColumns, positionColumns } from "./accountColumns";
import { SetAnchor } from "./SetAnchor";

type State = Schemas["AccountState"];

const UP = { to: "/staff/accounts", name: "Accounts" };
const EVERY = 3_000;

/// One account as it stands now.
export function Component() {
  const { login: text = "" } = useParams();
  const login = Number(text);
  const anchors = usePermission("set_anchor");
  const account = useQuery({
    queryKey: ["account", text],
    queryFn: async ({ signal }) => {
      const answer = await ask(api.GET("/accounts/{login}", { params: { path: { login } }, signal }));
      noteServerTime(answer.as_of);
      return answer;
    },
    refetchInterval: (query) => (query.state.data?.is_traded ? EVERY : false),
  });
  const it = account.data;
  if (!it) {
    return (
      <Page title={`Account ${text}`} up={UP}>
        {account.isPending ? <Skeleton lines={10} /> : <ErrorNote error={account.error} retry={() => void account.refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={`Account ${it.login}`}
      up={UP}
      mark={
        <>
          {it.journey ? <Status value={it.journey.status} /> : <Badge>Wallet</Badge>}
          {!it.is_active && <Badge tone="warn">Disabled</Badge>}
          {it.margin_call_risk && <Badge tone="bad">Margin call</Badge>}
        </>
      }
      intro={
        <span className="row">
          <CustomerLink id={it.customer_id} />
          {it.journey && <Link to={`/staff/journeys/${it.journey.journey_id}`}>The journey</Link>}
          <span>
            {it.group_name}, 1:{it.leverage}
          </span>
        </span>
      }
      actions={anchors && it.journey && !it.journey.ended_at && <SetAnchor account_id={it.account_id} currency={it.currency} />}
    >
      {it.journey?.suspended_because && (
        <Note tone="warn" title="It is not judged just now">
          <p>{it.journey.suspended_because}</p>
        </Note>
      )}
      <Standing account={it} />
      {it.journey && <Curve account={it} journey={it.journey} />}
      {it.journey && it.journey.limits.length > 0 && (
        <Panel title="Floors" flush>
          <Table label="Floors" columns={floorColumns(it)} rows={it.journey.limits} rowKey={(row) => `${row.rule} ${row.level}`} dense />
        </Panel>
      )}
      {it.is_traded && (
        <Panel title="Open positions" flush>
          <Table
            label="Open positions"
            columns={positionColumns(it.currency)}
            rows={it.positions}
            rowKey={(row) => row.position_id}
            dense
            empty={<Empty title="Nothing is open" />}
          />
        </Panel>
      )}
      {it.orders.length > 0 && (
        <Panel title="Waiting orders" flush>
          <Table label="Waiting orders" columns={ORDERS} rows={it.orders} rowKey={(row) => row.order_id} dense />
        </Panel>
      )}
      <AccountHistory login={login} currency={it.currency} drawn={!it.journey} />
    </Page>
  );
}

function Curve({ account: it, journey }: { account: State; journey: Schemas["JourneyStanding"] }) {
  const began = useMemo(
    () => ({ at: journey.started_at, equity: journey.initial_balance, balance: journey.initial_balance }),
    [journey.started_at, journey.initial_balance],
  );
  const runs = !journey.ended_at;
  const now = useMemo(
    () => (runs ? { at: it.as_of, equity: it.equity ?? it.balance, balance: it.balance } : undefined),
    [runs, it.as_of, it.equity, it.balance],
  );
  const floors = useMemo(() => floorsOf(journey.limits), [journey.limits]);
  const wanted = journey.progress?.profit_target;
  return (
    <Panel title="Equity and its limits">
      <EquityCurve
        journey_id={journey.journey_id}
        account_id={it.account_id}
        currency={it.currency}
        began={began}
        now={now}
        floors={floors}
        target={wanted ? plus(journey.initial_balance, wanted) : null}
        runs={runs}
      />
    </Panel>
  );
}

function Standing({ account: it }: { account: State }) {
  const progress = it.journey?.progress;
  return (
    <Panel title="Money" aside={<span className="small soft">as of {<Time at={it.as_of} shape="second" />}</span>}>
      <Facts>
        <Fact label="Equity">
          <Money amount={it.equity ?? it.balance} currency={it.currency} />
        </Fact>
        <Fact label="Balance">
          <Money amount={it.balance} currency={it.currency} />
        </Fact>
        {it.is_traded && (
          <>
            <Fact label="Floating">
              <Money amount={it.profit} currency={it.currency} signed />
            </Fact>
            <Fact label="Margin">
              <Money amount={it.margin} currency={it.currency} />
            </Fact>
          </>
        )}
        {progress && (
          <>
            <Fact
              label="Profit of the phase"
              note={
                progress.profit_target && (
                  <>
                    target <Money amount={progress.profit_target} currency={it.currency} />
                  </>
                )
              }
            >
              <Money amount={progress.profit} currency={it.currency} signed />
            </Fact>
            <Fact label="Trading days" note={progress.min_trading_days > 0 && `of ${progress.min_trading_days} wanted`}>
              {progress.trading_days}
            </Fact>
          </>
        )}
      </Facts>
    </Panel>
  );
}

const ORDERS: Column<Schemas["OrderObject"]>[] = [
  { name: "Order", lead: true, cell: (row) => row.order_id },
  { name: "Symbol", cell: (row) => row.symbol },
  { name: "What", cell: (row) => `${row.side} ${row.type}` },
  { name: "Volume", number: true, cell: (row) => <Figure value={row.volume} /> },
  { name: "Price", number: true, cell: (row) => <Figure value={row.price ?? row.limit_price} /> },
  { name: "Placed", cell: (row) => <Time at={row.placed_at} shape="second" /> },
];
