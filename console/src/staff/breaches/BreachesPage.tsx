import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { Panel } from "../../ui/Panel";
import { FilterBar, FilterChoice } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { breachColumns } from "./columns";

type Status = "pending" | "confirmed" | "reverted";
type Severity = "terminal" | "warning";

export function Component() {
  const filters = useFilters();
  const query = {
    status: given<Status>(filters.get("status")),
    severity: given<Severity>(filters.get("severity")),
    limit: LIMIT,
    offset: filters.offset,
  };
  const breaches = useQuery({
    queryKey: ["breaches", query],
    queryFn: ({ signal }) => ask(api.GET("/prop/breach-events", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Breaches" intro="Every broken rule with its evidence. A review confirms it, or takes it back.">
      <FilterBar filters={filters}>
        <FilterChoice filters={filters} name="status" label="Review" options={["pending", "confirmed", "reverted"]} />
        <FilterChoice
          filters={filters}
          name="severity"
          label="Effect"
          options={[
            { value: "terminal", name: "Failed" },
            { value: "warning", name: "Warning" },
          ]}
        />
      </FilterBar>
      <Panel flush>
        <Listing
          what="breaches"
          query={breaches}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={breachColumns}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="No rule has been broken yet">A breach stands here in the moment in which it happens.</Empty>}
        />
      </Panel>
    </Page>
  );
}
