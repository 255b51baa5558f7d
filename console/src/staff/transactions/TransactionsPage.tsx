import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { Panel } from "../../ui/Panel";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { useTransactionColumns } from "./columns";
import { STATUSES, type TransactionQuery, TYPES } from "./kinds";
import { ManualTransaction } from "./ManualTransaction";

const list = <T extends string>(values: string[]) => (values.length > 0 ? (values as T[]) : undefined);

export function Component() {
  const filters = useFilters();
  const columns = useTransactionColumns();
  const makes = usePermission("make_transaction");
  const query: TransactionQuery = {
    type: list<(typeof TYPES)[number]>(filters.all("type")),
    status: list<(typeof STATUSES)[number]>(filters.all("status")),
    customer_id: given(filters.get("customer_id")),
    date_from: given(filters.get("from")),
    date_to: given(filters.get("to")),
    limit: LIMIT,
    offset: filters.offset,
  };
  const transactions = useQuery({
    queryKey: ["transactions", query],
    queryFn: ({ signal }) => ask(api.GET("/transactions", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Transactions"
      intro="Fees, deposits, withdrawals and what is given back, newest first."
      actions={makes && <ManualTransaction />}
    >
      <FilterBar filters={filters}>
        <FilterChoice filters={filters} name="status" label="Status" options={STATUSES} />
        <FilterChoice filters={filters} name="type" label="Type" options={TYPES} />
        <FilterText filters={filters} name="from" label="From" type="date" />
        <FilterText filters={filters} name="to" label="Until" type="date" />
      </FilterBar>
      <Panel flush>
        <Listing
          what="transactions"
          query={transactions}
          rows={(data) => data}
          columns={columns}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="No money has moved yet">The first enrolment or deposit stands here, waiting to be paid or approved.</Empty>}
        />
      </Panel>
    </Page>
  );
}
