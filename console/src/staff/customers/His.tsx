import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ask } from "../../api/client";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { Table } from "../../ui/Table";
import { journeyColumns } from "../journeys/JourneysPage";
import { Padded } from "../kit/Listing";
import { useTransactionColumns } from "../transactions/columns";

const FEW = 10;

/// The newest journeys of one customer.
export function HisJourneys({ customer_id }: { customer_id: string }) {
  const query = { customer_id, limit: FEW };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["journeys", query],
    queryFn: ({ signal }) => ask(api.GET("/prop/journeys", { params: { query }, signal })),
  });
  return (
    <Panel title="Journeys" flush aside={data && data.total > FEW && <Link to={`/staff/journeys?customer_id=${customer_id}`}>All {data.total}</Link>}>
      <Waiting error={error} isPending={isPending} retry={() => void refetch()} />
      {data && (
        <Table
          label="Journeys"
          columns={journeyColumns.filter((column) => column.name !== "Trader")}
          rows={data.items}
          rowKey={(row) => row.journey_id}
          dense
          empty={<Empty title="He has bought nothing yet" />}
        />
      )}
    </Panel>
  );
}

/// The newest transactions of one customer.
export function HisTransactions({ customer_id }: { customer_id: string }) {
  const query = { customer_id, limit: FEW };
  const columns = useTransactionColumns();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["transactions", query],
    queryFn: ({ signal }) => ask(api.GET("/transactions", { params: { query }, signal })),
  });
  return (
    <Panel title="Transactions" flush aside={data?.length === FEW && <Link to={`/staff/transactions?customer_id=${customer_id}`}>All of them</Link>}>
      <Waiting error={error} isPending={isPending} retry={() => void refetch()} />
      {data && (
        <Table
          label="Transactions"
          columns={columns.filter((column) => column.name !== "Customer")}
          rows={data}
          rowKey={(row) => row.id}
          dense
          empty={<Empty title="No money has moved yet" />}
        />
      )}
    </Panel>
  );
}

function Waiting({ error, isPending, retry }: { error: unknown; isPending: boolean; retry: () => void }) {
  if (!error && !isPending) return null;
  return (
    <Padded>
      {isPending && <Skeleton />}
      <ErrorNote error={error} retry={retry} />
    </Padded>
  );
}
