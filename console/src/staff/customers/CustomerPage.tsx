import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { AccountLink } from "../kit/parts";
import { KYC } from "./columns";
import { CustomerActions } from "./CustomerActions";
import { HisJourneys, HisTransactions } from "./His";

const UP = { to: "/staff/customers", name: "Customers" };

export function Component() {
  const { customerId: customer_id = "" } = useParams();
  const params = { path: { customer_id } };
  const journeys = usePermission("view_journeys");
  const transactions = usePermission("view_transactions");
  const customer = useQuery({
    queryKey: ["customer", customer_id],
    queryFn: ({ signal }) => ask(api.GET("/customers/{customer_id}", { params, signal })),
  });
  const kyc = useQuery({
    queryKey: ["customer", customer_id, "kyc"],
    queryFn: ({ signal }) => ask(api.GET("/customers/{customer_id}/kyc", { params, signal })),
  });
  const it = customer.data;
  if (!it) {
    return (
      <Page title="Customer" up={UP}>
        {customer.isPending ? <Skeleton lines={10} /> : <ErrorNote error={customer.error} retry={() => void customer.refetch()} />}
      </Page>
    );
  }
  const status = kyc.data?.status ?? "none";
  return (
    <Page
      title={it.full_name || it.email}
      up={UP}
      mark={
        <>
          {kyc.data && <Status value={status === "none" ? "identity not checked" : `identity ${status}`} tone={KYC[status]} />}
          {!it.is_active && !it.erased_at && <Badge tone="bad">Disabled</Badge>}
        </>
      }
      intro={it.email}
      actions={!it.erased_at && <CustomerActions customer={it} kyc={status} />}
    >
      {it.erased_at && (
        <Note tone="plain" title="This customer was erased">
          <p>
            <Time at={it.erased_at} />: nothing is kept of who he was. What he bought and was paid stays in the books.
          </p>
        </Note>
      )}
      <Panel title="Who he is">
        <Facts>
          <Fact label="Registered">
            <Time at={it.reg_time} />
          </Fact>
          <Fact label="Last sign-in">
            <Time at={it.last_login_at} />
          </Fact>
          <Fact label="Phone">{it.phone || <Absent />}</Fact>
          <Fact label="Country">{it.country || <Absent />}</Fact>
          <Fact label="Looked after by" note={it.owner?.role_name}>
            {it.owner?.full_name || <Absent />}
          </Fact>
          <Fact label="Identity decided">
            <Time at={kyc.data?.since} />
          </Fact>
        </Facts>
      </Panel>
      <Panel title="Accounts" flush>
        <Table
          label="Accounts"
          columns={ACCOUNTS}
          rows={it.trading_accounts}
          rowKey={(row) => row.id}
          dense
          empty={<Empty title="He has no account">One is opened with his first challenge or deposit.</Empty>}
        />
      </Panel>
      {journeys && <HisJourneys customer_id={customer_id} />}
      {transactions && <HisTransactions customer_id={customer_id} />}
    </Page>
  );
}

const ACCOUNTS: Column<Schemas["TradingAccount"]>[] = [
  { name: "Login", lead: true, cell: (row) => <AccountLink login={row.login} /> },
  { name: "Currency", cell: (row) => row.currency },
  { name: "Leverage", number: true, cell: (row) => `1:${row.leverage}` },
  { name: "Access", cell: (row) => <Badge tone={row.is_active ? "good" : "plain"}>{row.is_active ? "Open" : "Disabled"}</Badge> },
];
