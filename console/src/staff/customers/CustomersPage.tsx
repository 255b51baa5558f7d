import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { Panel } from "../../ui/Panel";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { customerColumns } from "./columns";

const KYC = ["none", "pending", "approved", "rejected"] as const;

export function Component() {
  const filters = useFilters();
  const query = {
    q: given(filters.get("q")),
    kyc_status: given<(typeof KYC)[number]>(filters.get("kyc_status")),
    is_active: filters.get("access") ? filters.get("access") === "open" : undefined,
    limit: LIMIT,
    offset: filters.offset,
  };
  const customers = useQuery({
    queryKey: ["customers", query],
    queryFn: ({ signal }) => ask(api.GET("/customers", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Customers" intro="Find somebody by name, e-mail address or login.">
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="q" label="Search" placeholder="Name, e-mail or login" />
        <FilterChoice filters={filters} name="kyc_status" label="Identity" options={KYC} />
        <FilterChoice filters={filters} name="access" label="Access" options={["open", "disabled"]} />
      </FilterBar>
      <Panel flush>
        <Listing
          what="customers"
          query={customers}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={customerColumns}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="Nobody has registered yet">Send traders the address of this server.</Empty>}
        />
      </Panel>
    </Page>
  );
}
