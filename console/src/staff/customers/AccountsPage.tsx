import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { AccountLink, CustomerLink, TwoLines } from "../kit/parts";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { words } from "../kit/words";

type Row = Schemas["AccountListItem"];
type Sort = "login" | "-login" | "balance" | "-balance" | "equity" | "-equity" | "created_at" | "-created_at";

const SORTS = [
  { value: "-created_at", name: "Newest first" },
  { value: "-equity", name: "Largest equity" },
  { value: "equity", name: "Smallest equity" },
  { value: "login", name: "Login" },
];

export function Component() {
  const filters = useFilters();
  const query = {
    search: given(filters.get("q")),
    account_type: given<"personal" | "challenge">(filters.get("type")),
    has_open_positions: filters.get("open") ? filters.get("open") === "yes" : undefined,
    margin_call_risk: filters.get("risk") ? true : undefined,
    sort: given<Sort>(filters.get("sort")),
    page: Math.floor(filters.offset / LIMIT) + 1,
    page_size: LIMIT,
  };
  const accounts = useQuery({
    queryKey: ["accounts", query],
    queryFn: ({ signal }) => ask(api.GET("/accounts", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Accounts" intro="Wallets and the accounts of challenges, with what stands on them now.">
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="q" label="Search" placeholder="Login, name or e-mail" />
        <FilterChoice filters={filters} name="type" label="Kind" options={[{ value: "personal", name: "Wallet" }, "challenge"]} />
        <FilterChoice filters={filters} name="open" label="Positions" options={OPEN} all="Any" />
        <FilterChoice filters={filters} name="risk" label="Margin" options={[{ value: "yes", name: "Near a margin call" }]} all="Any" />
        <FilterChoice filters={filters} name="sort" label="Order" options={SORTS} all="As opened" />
      </FilterBar>
      <Panel flush>
        <Listing
          what="accounts"
          query={accounts}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={COLUMNS}
          rowKey={(row) => row.account_id}
          filters={filters}
          empty={<Empty title="There is no account yet">One is opened with a customer’s first challenge or deposit.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const OPEN = [
  { value: "yes", name: "Open" },
  { value: "no", name: "None open" },
];

const COLUMNS: Column<Row>[] = [
  {
    name: "Account",
    lead: true,
    cell: (row) => (
      <TwoLines first={<AccountLink login={row.login} />} second={row.account_type === "personal" ? "Wallet" : words(row.account_type)} />
    ),
  },
  { name: "Customer", cell: (row) => <CustomerLink id={row.customer_id} name={row.customer_name} email={row.customer_email} /> },
  { name: "Group", cell: (row) => <TwoLines first={row.group_name} second={`1:${row.leverage}`} /> },
  { name: "Balance", number: true, cell: (row) => <Money amount={row.balance} currency={row.currency} /> },
  { name: "Equity", number: true, cell: (row) => <Money amount={row.equity} currency={row.currency} /> },
  { name: "Open", number: true, cell: (row) => row.open_positions },
  { name: "Opened", cell: (row) => <Time at={row.created_at} shape="day" /> },
  {
    name: "State",
    cell: (row) => (
      <span className="row">
        {row.margin_call_risk && <Badge tone="bad">Margin call</Badge>}
        <Badge tone={row.is_active ? "good" : "plain"}>{row.closed_at ? "Closed" : row.is_active ? "Open" : "Disabled"}</Badge>
      </span>
    ),
  },
];
