import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { sign } from "../../format/decimal";
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
import { agreements } from "../data/queries";
import { AgreementsNote } from "../program/AgreementsNote";
import "./account.css";
import { DepositDialog } from "./DepositDialog";
import { Identity } from "./Identity";
import { OwnData } from "./OwnData";
import { Payments } from "./Payments";
import { WithdrawDialog } from "./WithdrawDialog";

type Item = Schemas["AccountListItem"];

/// Wallets and what went through them, identity, what was agreed to, and one's own data.
export function Component() {
  const [filling, setFilling] = useState<Item | null>(null);
  const [emptying, setEmptying] = useState<Item | null>(null);
  const list = useQuery({
    queryKey: ["accounts"],
    queryFn: ({ signal }) => ask(api.GET("/accounts", { params: { query: { page_size: 100 } }, signal })),
  });
  const asked = useQuery(agreements);
  const wallets = list.data?.items.filter((it) => it.account_type === "personal") ?? [];
  const columns: Column<Item>[] = [
    { name: "Wallet", lead: true, cell: (it) => it.login },
    { name: "Group", cell: (it) => it.group_name ?? <Absent /> },
    { name: "State", cell: (it) => <Badge tone={it.is_active ? "good" : "plain"}>{it.is_active ? "Open" : "Closed"}</Badge> },
    { name: "Opened", cell: (it) => <Time at={it.created_at} shape="day" /> },
    { name: "Balance", number: true, cell: (it) => <Money amount={it.balance} currency={it.currency} /> },
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
            empty={<Empty title="You have no wallet yet">One is opened where you choose a program.</Empty>}
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
