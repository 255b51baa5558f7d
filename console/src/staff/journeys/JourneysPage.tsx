import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge, Status } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Money, Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { AccountLink, CustomerLink, TwoLines } from "../kit/parts";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { useTemplates } from "../programs/useTemplates";
import { Grant } from "./Grant";

type Row = Schemas["JourneyListItem"];

const STATUSES = ["pending_payment", "active", "completed", "abandoned"] as const;

export function Component() {
  const filters = useFilters();
  const templates = useTemplates();
  const grants = usePermission("grant_journey");
  const query = {
    q: given(filters.get("q")),
    status: given<(typeof STATUSES)[number]>(filters.get("status")),
    template_id: given(filters.get("template_id")),
    customer_id: given(filters.get("customer_id")),
    limit: LIMIT,
    offset: filters.offset,
  };
  const journeys = useQuery({
    queryKey: ["journeys", query],
    queryFn: ({ signal }) => ask(api.GET("/prop/journeys", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const sums = journeys.data?.aggregates;
  return (
    <Page title="Journeys" intro="Every challenge that was bought, granted or enrolled for, with how far it is." actions={grants && <Grant />}>
      {sums && (
        <Panel>
          <Facts>
            <Fact label="Active">{sums.active_count}</Fact>
            <Fact label="Completed">{sums.completed_count}</Fact>
            <Fact label="Failed">{sums.breached_count}</Fact>
            <Fact label="Revenue">
              <Money amount={sums.total_revenue_usd} currency="USD" />
            </Fact>
            <Fact label="Paid out">
              <Money amount={sums.total_paid_out_usd} currency="USD" />
            </Fact>
            <Fact label="Payouts that wait">
              <Money amount={sums.pending_payout_usd} currency="USD" />
            </Fact>
          </Facts>
        </Panel>
      )}
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="q" label="Search" placeholder="Name, e-mail or login" />
        <FilterChoice filters={filters} name="status" label="State" options={STATUSES} />
        <FilterChoice filters={filters} name="template_id" label="Program" options={templates} />
      </FilterBar>
      <Panel flush>
        <Listing
          what="journeys"
          query={journeys}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={journeyColumns}
          rowKey={(row) => row.journey_id}
          filters={filters}
          empty={<Empty title="No challenge yet">A journey begins when somebody buys a program that is on sale.</Empty>}
        />
      </Panel>
    </Page>
  );
}

export const journeyColumns: Column<Row>[] = [
  {
    name: "Journey",
    lead: true,
    cell: (row) => (
      <TwoLines
        first={<Link to={`/staff/journeys/${row.journey_id}`}>{row.template_name}</Link>}
        second={<Time at={row.created_at} />}
      />
    ),
  },
  { name: "Trader", cell: (row) => <CustomerLink id={row.customer_id} name={row.customer_name} email={row.customer_email} /> },
  { name: "Account", cell: (row) => <AccountLink login={row.current_account_login} /> },
  { name: "Phase", cell: (row) => row.current_phase },
  {
    name: "State",
    cell: (row) => (
      <span className="row">
        <Status value={row.status} />
        {row.is_suspended && <Badge tone="warn">Suspended</Badge>}
      </span>
    ),
  },
  {
    name: "Profit",
    number: true,
    cell: (row) => (
      <TwoLines
        first={<Money amount={row.profit_to_date} currency={row.account_currency} signed />}
        second={
          row.profit_target > 0 && (
            <>
              of <Money amount={row.profit_target} currency={row.account_currency} />
            </>
          )
        }
      />
    ),
  },
  { name: "Paid", number: true, cell: (row) => <Money amount={row.total_paid} currency={row.total_paid_currency} /> },
];
