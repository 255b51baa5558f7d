import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Pager } from "../../ui/Pager";
import { type Column, Table } from "../../ui/Table";
import { type Filters, LIMIT } from "./useFilters";

interface Props<Row, Data> {
  /// What is listed: "journeys".
  what: string;
  query: UseQueryResult<Data>;
  rows: (data: Data) => Row[];
  total?: (data: Data) => number;
  columns: Column<Row>[];
  rowKey: (row: Row) => string | number;
  filters: Filters;
  limit?: number;
  /// What to do next when there is nothing at all.
  empty: ReactNode;
}

/// A list of staff: filtered by the address, paged, dense, with all its four states.
export function Listing<Row, Data>({ what, query, rows, total, columns, rowKey, filters, limit = LIMIT, empty }: Props<Row, Data>) {
  const { data, error, isPending, isFetching, refetch } = query;
  if (isPending) return <Padded>{<Skeleton lines={8} />}</Padded>;
  if (!data) return <Padded>{<ErrorNote error={error} retry={() => void refetch()} />}</Padded>;
  const shown = rows(data);
  const nothing = filters.chosen ? (
    <Empty title={`No ${what} fit these filters`}>Choose other filters, or clear them.</Empty>
  ) : (
    empty
  );
  return (
    <>
      {error && (
        <Padded>
          <ErrorNote error={error} retry={() => void refetch()} />
        </Padded>
      )}
      <Table label={what} columns={columns} rows={shown} rowKey={rowKey} dense empty={nothing} />
      <Pager
        what={what}
        offset={filters.offset}
        limit={limit}
        total={total?.(data)}
        count={shown.length}
        go={(offset) => filters.set("offset", offset === 0 ? "" : String(offset))}
        busy={isFetching && query.isPlaceholderData}
      />
    </>
  );
}

export function Padded({ children }: { children: ReactNode }) {
  return <div className="padded">{children}</div>;
}
