import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { shortSize } from "../../format/money";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { FilterBar, FilterChoice, FilterText } from "../kit/Filter";
import { Listing } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { given, LIMIT, useFilters } from "../kit/useFilters";
import { NewProgram } from "./NewProgram";

type Row = Schemas["TemplateResponse"];

export function Component() {
  const filters = useFilters();
  const edits = usePermission("edit_programs");
  const sale = filters.get("sale");
  const query = {
    q: given(filters.get("q")),
    is_active: sale === "on" || sale === "off" ? sale === "on" : undefined,
    archived: sale === "archived" ? true : undefined,
    limit: LIMIT,
    offset: filters.offset,
  };
  const templates = useQuery({
    queryKey: ["templates", query],
    queryFn: ({ signal }) => ask(api.GET("/prop/templates", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Programs" intro="What is sold: its price, its phases and every rule of them." actions={edits && <NewProgram />}>
      <FilterBar filters={filters}>
        <FilterText filters={filters} name="q" label="Search" placeholder="Name" />
        <FilterChoice filters={filters} name="sale" label="Sale" options={SALES} all="All but archived" />
      </FilterBar>
      <Panel flush>
        <Listing
          what="programs"
          query={templates}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={edits ? [...COLUMNS, CHANGE] : COLUMNS}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="There is no program yet">Begin with a ready-made one, and change what you like.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const SALES = [
  { value: "on", name: "On sale" },
  { value: "off", name: "Not on sale" },
  { value: "archived", name: "Archived" },
];

const COLUMNS: Column<Row>[] = [
  {
    name: "Program",
    lead: true,
    cell: (row) => (
      <TwoLines
        first={<Link to={`/staff/programs/${row.id}`}>{row.name}</Link>}
        second={
          <Link to={`/staff/programs/${row.id}/versions`} aria-label={`version ${row.version} of ${row.name}, and all before`}>
            version {row.version}
          </Link>
        }
      />
    ),
  },
  { name: "Size", number: true, cell: (row) => `${shortSize(row.account_size)} ${row.account_currency}` },
  { name: "Price", number: true, cell: (row) => <Money amount={row.fee_amount} currency={row.fee_currency} /> },
  { name: "Phases", cell: (row) => row.phases.map((phase) => phase.name).join(" → ") },
  { name: "Changed", cell: (row) => <Time at={row.updated_at} /> },
  { name: "Sale", cell: (row) => <SaleMark template={row} /> },
];

/// One click less to what is done with programs most.
const CHANGE: Column<Row> = {
  name: "Change",
  silent: true,
  cell: (row) =>
    !row.is_seed &&
    !row.is_archived && (
      <Link to={`/staff/programs/${row.id}/edit`} aria-label={`Change ${row.name}`}>
        Change
      </Link>
    ),
};

export function SaleMark({ template: it }: { template: Pick<Row, "is_active" | "is_archived" | "is_seed" | "warnings"> }) {
  return (
    <span className="row">
      {it.is_archived ? <Badge>Archived</Badge> : <Badge tone={it.is_active ? "good" : "plain"}>{it.is_active ? "On sale" : "Not on sale"}</Badge>}
      {it.is_seed && <Badge tone="info">Of the firm’s file</Badge>}
      {it.warnings.length > 0 && <Badge tone="warn">{it.warnings.length === 1 ? "1 warning" : `${it.warnings.length} warnings`}</Badge>}
    </span>
  );
}
