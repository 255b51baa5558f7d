import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { millis } from "../../format/time";
import { Page } from "../../shell/Page";
import { Status } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Resolve } from "../inbox/Stuck";
import { failureText } from "../kit/failures";
import { AccountLink, CustomerLink } from "../kit/parts";
import { words } from "../kit/words";
import { transactionColumns } from "./Further";
import { Timeline } from "./Timeline";

type Story = Schemas["PurchaseStoryResponse"];

const UP = { to: "/staff/journeys", name: "Journeys" };
const DECISIONS = ["retry", "settled", "cancel"] as const;

/// The whole story of a purchase: its saga, its money, and what can be done.
export function Component() {
  const { purchaseId: purchase_id = "" } = useParams();
  const story = useQuery({
    queryKey: ["purchase", purchase_id],
    queryFn: ({ signal }) => ask(api.GET("/prop/attention/{purchase_id}", { params: { path: { purchase_id } }, signal })),
  });
  const it = story.data;
  if (!it) {
    return (
      <Page title="Purchase" up={UP}>
        {story.isPending ? <Skeleton lines={10} /> : <ErrorNote error={story.error} retry={() => void story.refetch()} />}
      </Page>
    );
  }
  const up = it.journey_id ? { to: `/staff/journeys/${it.journey_id}`, name: "The journey" } : UP;
  const open = DECISIONS.filter((action) => it.actions.some((one) => one.action === action && one.is_allowed));
  return (
    <Page
      title={`Purchase ${it.number}`}
      up={up}
      mark={<Status value={it.state} />}
      intro={<CustomerLink id={it.customer_id} name={it.customer_name} />}
      actions={open.map((action) => (
        <Resolve key={action} item={it} action={action} />
      ))}
    >
      {it.failure_reason && (
        <Note tone="bad" title="What went wrong">
          <p>{failureText(it.failure_reason)}</p>
          {it.note && <p className="small">{it.note}</p>}
        </Note>
      )}
      <Summary story={it} />
      <Panel title="Timeline">
        <Timeline lines={it.timeline} />
      </Panel>
      <Panel title="Transactions" flush>
        {it.transactions.length > 0 ? (
          <Table label="Transactions" columns={transactionColumns} rows={it.transactions} rowKey={(row) => row.id} dense />
        ) : (
          <p className="padded soft">None: it was paid from a wallet, or is free.</p>
        )}
      </Panel>
      <Panel title="Ledger entries" flush>
        {it.entries.length > 0 ? (
          <Table label="Ledger entries" columns={ENTRIES} rows={it.entries.toSorted((a, b) => millis(a.at) - millis(b.at))} rowKey={(row) => `${row.order_number} ${row.from_account} ${row.to_account}`} dense />
        ) : (
          <p className="padded soft">Nothing was booked.</p>
        )}
      </Panel>
    </Page>
  );
}

function Summary({ story: it }: { story: Story }) {
  const moved = it.entries.some((entry) => entry.book === "cash");
  return (
    <Panel title="What was bought">
      <Facts>
        <Fact label="Program">
          <Link to={`/staff/programs/${it.template_id}`}>{it.template_name}</Link>
        </Fact>
        <Fact label="Fee" note={moved ? words(it.fee_state) : "Nothing was paid"}>
          <Money amount={it.amount} currency={it.currency} />
        </Fact>
        <Fact label={moved ? "Paid" : "To pay"} note={words(it.funding)}>
          <Money amount={it.paid_amount} currency={it.paid_currency} />
        </Fact>
        <Fact label="Payer">
          <AccountLink login={it.payer_login} />
        </Fact>
        <Fact label="Account">
          <AccountLink login={it.account_login} />
        </Fact>
        <Fact label="Attempts" note={`last step: ${it.step_calls === 1 ? "1 call" : `${it.step_calls} calls`}`}>
          {it.attempt}
        </Fact>
        {it.promo_code && <Fact label="Promo code">{it.promo_code}</Fact>}
        {it.addon_codes.length > 0 && <Fact label="Add-ons">{it.addon_codes.map(words).join(", ")}</Fact>}
        {it.due_at && (
          <Fact label="Next try">
            <Time at={it.due_at} shape="second" />
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

const account = (name: string) => (/^\d+$/.test(name) ? <AccountLink login={name} /> : words(name));

const ENTRIES: Column<Story["entries"][number]>[] = [
  { name: "Order", lead: true, cell: (row) => row.order_number },
  { name: "At", cell: (row) => <Time at={row.at} shape="second" /> },
  { name: "Book", cell: (row) => (row.book === "cash" ? "Cash" : "Notional") },
  { name: "Operation", cell: (row) => words(row.operation) },
  { name: "From", cell: (row) => account(row.from_account) },
  { name: "To", cell: (row) => account(row.to_account) },
  { name: "Amount", number: true, cell: (row) => <Money amount={row.amount} currency={row.currency} /> },
];
