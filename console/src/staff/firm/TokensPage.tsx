import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Status } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Absent, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { Listing } from "../kit/Listing";
import { Secret } from "../kit/Secret";
import { LIMIT, useFilters } from "../kit/useFilters";
import { NewToken } from "./NewToken";

type Row = Schemas["ApiTokenObject"];

export function Component() {
  const filters = useFilters();
  const manages = usePermission("manage_api_tokens");
  const [secret, setSecret] = useState<string | null>(null);
  const query = { limit: LIMIT, offset: filters.offset };
  const tokens = useQuery({
    queryKey: ["api-tokens", query],
    queryFn: ({ signal }) => ask(api.GET("/api-tokens", { params: { query }, signal })),
  });
  const actions: Column<Row> = {
    name: "Change",
    silent: true,
    cell: (row) => row.status !== "revoked" && <TokenActions token={row} show={setSecret} />,
  };
  return (
    <Page title="API tokens" intro="With a token a program acts for the firm, within what the token allows." actions={manages && <NewToken show={setSecret} />}>
      {secret && <Secret title="The new token" secret={secret} close={() => setSecret(null)} />}
      <Panel flush>
        <Listing
          what="tokens"
          query={tokens}
          rows={(data) => data}
          columns={manages ? [...COLUMNS, actions] : COLUMNS}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="No program has a token">Make one for each program that speaks with this server.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: "Name", lead: true, cell: (row) => row.name },
  {
    name: "Token",
    cell: (row) => (
      <code>
        {row.token_prefix}…{row.token_last4}
      </code>
    ),
  },
  { name: "May", cell: (row) => <span title={row.scopes.join(", ")}>{row.scopes.length} permissions</span> },
  { name: "From", cell: (row) => (row.ip_allowlist.length > 0 ? row.ip_allowlist.join(", ") : "Any address") },
  { name: "Last used", cell: (row) => <Time at={row.last_used_at} /> },
  { name: "Ends", cell: (row) => (row.expires_at ? <Time at={row.expires_at} shape="day" /> : <Absent />) },
  { name: "State", cell: (row) => <Status value={row.status} /> },
];

function TokenActions({ token, show }: { token: Row; show: (secret: string) => void }) {
  const params = { path: { token_id: token.id } };
  return (
    <span className="row row-end">
      <Decide
        label="Rotate"
        small
        reason="none"
        title={`Rotate ${token.name}`}
        done="The token is another one now."
        run={() => ask(api.POST("/api-tokens/{token_id}/rotate", { params }))}
        after={(answer) => show((answer as Schemas["NewApiTokenObject"]).token)}
      >
        <p>The old token ends at once; the new one is shown this once.</p>
      </Decide>
      <Decide
        label="Revoke"
        small
        look="danger"
        reason="none"
        title={`Revoke ${token.name}`}
        done="The token has ended."
        run={() => ask(api.POST("/api-tokens/{token_id}/revoke", { params }))}
      >
        <p>The program that uses it is refused from now on.</p>
      </Decide>
    </span>
  );
}
