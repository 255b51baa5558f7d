import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { api, ask } from "../../api/client";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Money, Percent } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { AccountLink, CustomerLink } from "../kit/parts";
import { words } from "../kit/words";
import type { PayoutRow } from "./columns";
import { PayoutActions } from "./PayoutActions";
import { Steps } from "./Steps";

const UP = { to: "/staff/payouts", name: "Payouts" };

export function Component() {
  const { payoutId: payout_id = "" } = useParams();
  const payout = useQuery({
    queryKey: ["payout", payout_id],
    queryFn: ({ signal }) => ask(api.GET("/prop/payouts/{payout_id}", { params: { path: { payout_id } }, signal })),
  });
  const it = payout.data;
  if (!it) {
    return (
      <Page title="Payout" up={UP}>
        {payout.isPending ? <Skeleton lines={8} /> : <ErrorNote error={payout.error} retry={() => void payout.refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={`Payout ${it.number}`}
      up={UP}
      mark={<Status value={it.status} />}
      actions={<PayoutActions payout={it} />}
    >
      <Panel title="What is paid">
        <Facts>
          <Fact label="Taken from the account">
            <Money amount={it.taken_amount} currency={it.currency} />
          </Fact>
          <Fact label="To the trader" note={<>a share of {<Percent value={it.profit_split_pct} />}</>}>
            <Money amount={it.payout_amount} currency={it.currency} />
          </Fact>
          <Fact label="To the firm">
            <Money amount={it.firm_amount} currency={it.currency} />
          </Fact>
          {it.fee_refund_amount !== null && it.fee_refund_amount !== undefined && (
            <Fact label="Fee given back with it">
              <Money amount={it.fee_refund_amount} currency={it.fee_refund_currency ?? it.currency} />
            </Fact>
          )}
          <Fact label="Trader">
            <CustomerLink id={it.customer_id} name={it.customer_name} email={it.customer_email} />
          </Fact>
          <Fact label="Account">
            <AccountLink login={it.account_login} />
          </Fact>
        </Facts>
      </Panel>
      <div className="split">
        <Panel title="What was asked for" flush>
          <Table label="Conditions" columns={conditionColumns(it.currency)} rows={it.conditions} rowKey={(row) => row.name} dense />
        </Panel>
        <Panel title="So far" aside={<Link to={`/staff/journeys/${it.journey_id}`}>The journey</Link>}>
          <Steps payout={it} />
        </Panel>
      </div>
    </Page>
  );
}

type Condition = PayoutRow["conditions"][number];

function conditionColumns(currency: string): Column<Condition>[] {
  const value = (it: Condition["value"]) => (typeof it === "number" ? <Figure value={it} /> : words(it));
  return [
    { name: "Condition", lead: true, cell: (row) => <span title={currency}>{row.message || words(row.name)}</span> },
    { name: "There is", number: true, cell: (row) => value(row.value) },
    { name: "Wanted", number: true, cell: (row) => value(row.threshold) },
    {
      name: "Met",
      cell: (row) => (
        <Badge tone={row.met ? "good" : "bad"} icon>
          {row.met ? "Met" : "Not met"}
        </Badge>
      ),
    },
  ];
}
