import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";

import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Padded } from "../kit/Listing";
import "./inbox.css";
import { KINDS } from "./kinds";

export const LOOK_EVERY = 15_000;
export const SHOWN = 5;

interface Props<Row> {
  /// Of `KINDS`.
  kind: string;
  query: UseQueryResult<Row[]>;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
}

/// One kind of thing that waits: the first few of it, and where all of it is.
export function Section<Row>({ kind, query, columns, rowKey }: Props<Row>) {
  const { data, error, isPending, refetch } = query;
  const told = KINDS[kind];
  if (!told || data?.length === 0) return null;
  return (
    <Panel
      flush
      title={told.name}
      aside={
        <>
          <span className="small soft">{told.task}</span>
          {!told.to.startsWith("#") && <Link to={told.to}>Show all</Link>}
        </>
      }
    >
      {(isPending || error) && (
        <Padded>
          {isPending && <Skeleton />}
          <ErrorNote error={error} retry={() => void refetch()} />
        </Padded>
      )}
      {data && <Table label={told.name} columns={columns} rows={data} rowKey={rowKey} dense />}
    </Panel>
  );
}
