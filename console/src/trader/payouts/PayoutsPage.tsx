import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { ApiError } from "../../api/errors";
import { Page } from "../../shell/Page";
import { Status } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Money, Percent, Time } from "../../ui/figures";
import { Select } from "../../ui/Field";
import { Skeleton } from "../../ui/Loading";
import { Pager } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { journeys } from "../data/queries";
import { Eligibility } from "./Eligibility";
import "./payouts.css";

type Payout = Schemas["PayoutObject"];

const LIMIT = 20;

const COLUMNS: Column<Payout>[] = [
  { name: "Asked for", lead: true, cell: (it) => <Time at={it.requested_at} /> },
  { name: "Account", cell: (it) => it.account_login },
  { name: "State", cell: (it) => <Status value={it.status === "auto_rejected" ? "rejected" : it.status} /> },
  { name: "Taken", number: true, cell: (it) => <Money amount={it.taken_amount} currency={it.currency} /> },
  { name: "Your share", number: true, cell: (it) => <Percent value={it.profit_split_pct} /> },
  { name: "You get", number: true, cell: (it) => <Money amount={it.payout_amount} currency={it.currency} /> },
  { name: "Note", cell: (it) => it.reason ?? it.reference ?? <Absent /> },
];

const isCode = (error: unknown, code: string) => error instanceof ApiError && error.kind === code;

/// What can be paid out, what stands in its way, and what was paid.
export function Component() {
  const [offset, setOffset] = useState(0);
  const [account, setAccount] = useState<string | undefined>();
  const look = useQuery({
    queryKey: ["eligibility", account],
    queryFn: ({ signal }) =>
      ask(api.GET("/challenges/me/payouts/eligibility", { params: { query: { account_id: account } }, signal })),
    retry: false,
    refetchInterval: 5_000,
  });
  const several = isCode(look.error, "SEVERAL_FUNDED_ACCOUNTS");
  const running = useQuery({ ...journeys("active", 50, 0), enabled: several || account !== undefined });
  const list = useQuery({
    queryKey: ["payouts", offset],
    queryFn: ({ signal }) => ask(api.GET("/challenges/me/payouts", { params: { query: { limit: LIMIT, offset } }, signal })),
    refetchInterval: 10_000,
  });
  const none = isCode(look.error, "NO_FUNDED_ACCOUNT");
  const rows = list.data?.items ?? [];
  return (
    <Page title="Payouts" intro="On a funded account a part of the profit is yours. Every condition is told here before you ask.">
      {(several || account !== undefined) && (
        <Select label="Funded account" value={account ?? ""} onChange={(event) => setAccount(event.target.value || undefined)}>
          <option value="">Choose one</option>
          {running.data?.items.map((it) => (
            <option key={it.account_id} value={it.account_id}>
              {it.login} · {it.template_name} · {it.current_phase}
            </option>
          ))}
        </Select>
      )}
      {look.isPending && <Skeleton lines={5} />}
      {look.error && !none && !several && <ErrorNote error={look.error} retry={() => void look.refetch()} />}
      {none && (
        <Panel>
          <Empty title="You have no funded account yet" action={<ButtonLink to="/challenges">Go to my challenges</ButtonLink>}>
            Pass the steps of a challenge: its funded account is opened by itself, and its profit can be paid out here.
          </Empty>
        </Panel>
      )}
      {look.data && <Eligibility look={look.data} accountId={account} />}
      <Panel title="Your payouts" flush>
        <ErrorNote error={list.error} retry={() => void list.refetch()} />
        {list.isPending && <Skeleton />}
        {list.data && (
          <Table
            label="Payouts"
            columns={COLUMNS}
            rows={rows}
            rowKey={(it) => it.id}
            empty={<Empty title="Nothing was paid out yet">What you ask for stands here, with each step on its way.</Empty>}
          />
        )}
        <Pager what="payouts" offset={offset} limit={LIMIT} total={list.data?.total} count={rows.length} go={setOffset} busy={list.isFetching} />
      </Panel>
    </Page>
  );
}
