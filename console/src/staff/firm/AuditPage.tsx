import { useInfiniteQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { Page } from "../../shell/Page";
import { Empty } from "../../ui/Empty";
import { ErrorNote } from "../../ui/ErrorNote";
import { Absent, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { More } from "../../ui/Pager";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Padded } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { given, useFilters } from "../kit/useFilters";
import { valueText, words } from "../kit/words";

type Row = Schemas["AuditRecord"];
const ACTORS = ["customer", "staff", "account", "cashier", "system"] as const;

/// Who has done what, newest first.
export function Component() {
  const filters = useFilters();
  const wanted = {
    action: given(filters.get("action")),
    actor_kind: given<(typeof ACTORS)[number]>(filters.get("actor_kind")),
    subject_kind: given(filters.get("subject_kind")),
    date_from: given(filters.get("from")),
    date_to: given(filters.get("to")),
    limit: 50,
  };
  const audit = useInfiniteQuery({
    queryKey: ["audit", wanted],
    queryFn: ({ pageParam, signal }) =>
      ask(api.GET("/audit", { params: { query: { ...wanted, before_id: pageParam ?? undefined } }, signal })),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title="Audit" intro="Everything that people have changed, with before and after. Nobody can change or remove it.">
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="action" label="Action" placeholder="payout.approve" />
        <FilterChoice filters={filters} name="actor_kind" label="By" options={ACTORS} all="Anybody" />
        <FilterText filters={filters} name="subject_kind" label="About" placeholder="customer, payout" />
        <FilterText filters={filters} name="from" label="From" type="date" />
        <FilterText filters={filters} name="to" label="Until" type="date" />
      </FilterBar>
      <Panel flush>
        {(audit.isPending || audit.error) && (
          <Padded>
            {audit.isPending && <Skeleton lines={8} />}
            <ErrorNote error={audit.error} retry={() => void audit.refetch()} />
          </Padded>
        )}
        {audit.data && (
          <Table
            label="Audit"
            columns={COLUMNS}
            rows={rows}
            rowKey={(row) => row.id}
            dense
            empty={
              <Empty title={filters.chosen ? "Nothing fits these filters" : "Nobody has changed anything yet"}>
                {filters.chosen ? "Choose other filters, or clear them." : "The first decision of a person stands here."}
              </Empty>
            }
          />
        )}
        <More what="records" show={audit.hasNextPage} pending={audit.isFetchingNextPage} more={() => void audit.fetchNextPage()} />
      </Panel>
    </Page>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: "Action", lead: true, cell: (row) => <TwoLines first={<span title={row.action}>{words(row.action)}</span>} second={<Time at={row.at} shape="second" />} /> },
  {
    name: "By",
    cell: (row) => <TwoLines first={row.actor.name ?? words(row.actor.kind)} second={row.actor.api_token_name ? `token ${row.actor.api_token_name}` : row.actor.name && words(row.actor.kind)} />,
  },
  { name: "About", cell: (row) => `${words(row.subject.kind)} ${row.subject.number}` },
  { name: "Before", cell: (row) => <Value value={row.before} /> },
  { name: "After", cell: (row) => <Value value={row.after} /> },
  { name: "Reason", cell: (row) => row.note },
];

/// Short values as they are, long ones behind a word.
function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <Absent />;
  const text = valueText(value);
  if (text.length <= 120) return <span className="small">{text}</span>;
  return (
    <details>
      <summary className="small">{text.slice(0, 60)}…</summary>
      <span className="small">{text}</span>
    </details>
  );
}
