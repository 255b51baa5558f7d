import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { Panel } from "../../ui/Panel";
import { FilterBar, FilterChoice } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { payoutColumns, type PayoutRow } from "./columns";

const STATUSES = ["pending", "awaiting_second_approval", "approved", "disbursing", "paid", "rejected", "auto_rejected"] as const;

export function Component() {
  const filters = useFilters();
  const query = {
    status: given<(typeof STATUSES)[number]>(filters.get("status")),
    customer_id: given(filters.get("customer_id")),
    limit: LIMIT,
    offset: filters.offset,
  };
  const payouts = useQuery({
    queryKey: ["payouts", query],
    queryFn: ({ signal }) => ask(api.GET("/prop/payouts", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Payouts" intro="From the request over the approval to the money that has arrived.">
      <FilterBar filters={filters}>
        <FilterChoice filters={filters} name="status" label="State" options={STATUSES} />
      </FilterBar>
      <Panel flush>
        <Listing<PayoutRow, NonNullable<typeof payouts.data>>
          what="payouts"
          query={payouts}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={payoutColumns}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="Nobody has asked for a payout yet">Requests of funded traders stand here and in the inbox.</Empty>}
        />
      </Panel>
    </Page>
  );
}
