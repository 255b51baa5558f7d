import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission, useSignedIn } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { Listing } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { LIMIT, useFilters } from "../kit/useFilters";
import { words } from "../kit/words";
import { NewPerson, PersonActions } from "./PersonForms";
import { Roles } from "./Roles";

type Row = Schemas["UserObject"];

export function Component() {
  const filters = useFilters();
  const edits = usePermission("edit_staff");
  const resets = usePermission("reset_staff_totp");
  const { email } = useSignedIn();
  const query = { limit: LIMIT, offset: filters.offset };
  const people = useQuery({
    queryKey: ["users", query],
    queryFn: ({ signal }) => ask(api.GET("/users", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const actions: Column<Row> = {
    name: "Change",
    silent: true,
    // One’s own role and access are changed by somebody else.
    cell: (row) => row.email !== email && <PersonActions person={row} edits={edits} resets={resets} />,
  };
  return (
    <Page title="People and roles" intro="Who of the firm can sign in, and what each may do." actions={edits && <NewPerson />}>
      <Panel title="People" flush>
        <Listing
          what="people"
          query={people}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={edits || resets ? [...COLUMNS, actions] : COLUMNS}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="Nobody is here">Add your colleagues.</Empty>}
        />
      </Panel>
      <Roles />
    </Page>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: "Person", lead: true, cell: (row) => <TwoLines first={row.full_name} second={row.email} /> },
  { name: "Role", cell: (row) => words(row.role) },
  { name: "Sees", cell: (row) => (row.customer_view_scope === "own" ? "His own customers" : "All customers") },
  { name: "Since", cell: (row) => <Time at={row.created_at} shape="day" /> },
  { name: "Access", cell: (row) => <Badge tone={row.is_active ? "good" : "plain"}>{row.is_active ? "Open" : "Disabled"}</Badge> },
];
