import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { minus, sign } from "../../format/decimal";
import { moneyText } from "../../format/money";
import { Page } from "../../shell/Page";
import { SecondFactor } from "../../security/SecondFactor";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { agreements, payers, programs } from "../data/queries";
import { AgreementsNote } from "../program/AgreementsNote";
import "./account.css";
import { DepositDialog } from "./DepositDialog";
import { Identity } from "./Identity";
import { OwnData } from "./OwnData";
import { heldOf } from "./payments";
import { Payments } from "./Payments";
import { WithdrawDialog } from "./WithdrawDialog";

type Item = Schemas["AccountListItem"];

/// Wallets and what went through them, identity, what was agreed to, and one's own data.
export function Component() {
  const [filling, setFilling] = useState<Item | null>(null);
  const [emptying, setEmptying] = useState<Item | null>(null);
  const queries = useQueryClient();
  const list = useQuery({
    queryKey: ["accounts", "all"],
    queryFn: ({ signal }) => ask(api.GET("/accounts", { params: { query: { page_size: 100 } }, signal })),
  });
  const free = useQuery({
    queryKey: ["accounts", "free"],
    // Any program tells what each account could pay with.
    queryFn: async () => {
      const { rows } = await queries.ensureQueryData(programs);
      return rows[0] ? (await queries.fetchQuery({ ...payers(rows[0].id), staleTime: 0 })).rows : [];
    },
  });
  const asked = useQuery(agreements);
  const wallets = list.data?.items.filter((it) => it.account_type === "personal") ?? [];
  const columns: Column<Item>[] = [
    { name: "Wallet", lead: true, cell: (it) => it.login },
    { name: "Group", cell: (it) => it.group_name ?? <Absent /> },
    { name: "State", cell: (it) => <Badge tone={it.is_active ? "good" : "plain"}>{it.is_active ? "Open" : "Closed"}</Badge> },
    { name: "Opened", cell: (it) => <Time at={it.created_at} shape="day" /> },
    { name: "Balance", number: true, cell: (it) => <Balance of={it} held={list.isFetching || free.isFetching ? null : heldOf(it, free.data)} /> },
    {
      name: "Deposit or withdraw",
      silent: true,
      cell: (it) =>
        it.is_active && (
          <div className="row row-end">
            {sign(it.balance) > 0 && (
              <Button small aria-label={`Withdraw from ${it.login}`} onClick={() => setEmptying(it)}>
                Withdraw
              </Button>
            )}
            <Button small aria-label={`Deposit into ${it.login}`} onClick={() => setFilling(it)}>
              Deposit
            </Button>
          </div>
        ),
    },
  ];
  return (
    <Page title="Account">
      <Panel title="Wallets" flush>
        <ErrorNote error={list.error} retry={() => void list.refetch()} />
        {list.isPending && <Skeleton />}
        {list.data && (
          <Table
            label="Wallets"
            columns={columns}
            rows={wallets}
            rowKey={(it) => it.login}
            empty={<Empty title="You have no wallet yet">Choose a program, and open one beside its price.</Empty>}
          />
        )}
      </Panel>
      <Payments />
      <Identity />
      <SecondFactor />
      <Panel title="Agreements">
        <ErrorNote error={asked.error} retry={() => void asked.refetch()} />
        {asked.isPending && <Skeleton lines={2} />}
        {asked.data && !asked.data.all_accepted && <AgreementsNote items={asked.data.items} />}
        {asked.data && asked.data.items.length === 0 && <p className="soft">Nothing has to be agreed to.</p>}
        <ul className="stack-small">
          {asked.data?.items
            .filter((it) => it.accepted_at)
            .map((it) => (
              <li key={it.id}>
                {it.title} (version {it.version}), agreed on <Time at={it.accepted_at} />
              </li>
            ))}
        </ul>
      </Panel>
      <OwnData />
      {emptying && <WithdrawDialog wallet={emptying} close={() => setEmptying(null)} />}
      {filling && <DepositDialog wallet={filling} close={() => setFilling(null)} />}
    </Page>
  );
}

function Balance({ of, held }: { of: Item; held: string | null }) {
  return (
    <>
      <Money amount={of.balance} currency={of.currency} />
      {held !== null && (
        <span className="payment-note small soft">
          {moneyText(held, of.currency)} held for withdrawals, {moneyText(minus(of.balance, held), of.currency)} free
        </span>
      )}
    </>
  );
}
