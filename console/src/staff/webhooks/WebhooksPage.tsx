import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { Listing } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { Secret } from "../kit/Secret";
import { useFilters } from "../kit/useFilters";
import { EndpointFields, eventsOf } from "./EndpointFields";
import { EventTypes } from "./EventTypes";

type Row = Schemas["WebhookObject"];

/// Where programs of the firm are told what happens.
export function Component() {
  const filters = useFilters();
  const manages = usePermission("manage_webhooks");
  const [secret, setSecret] = useState<string | null>(null);
  const webhooks = useQuery({ queryKey: ["webhooks"], queryFn: ({ signal }) => ask(api.GET("/webhooks", { signal })) });
  return (
    <Page
      title="Webhooks"
      intro="Addresses that are told what happens, signed as Standard Webhooks says, in order and until they answer."
      actions={manages && <NewWebhook show={setSecret} />}
    >
      {secret && <Secret title="The secret with which messages are signed" secret={secret} close={() => setSecret(null)} />}
      <Panel flush>
        <Listing
          what="webhooks"
          query={webhooks}
          rows={(data) => data.items}
          columns={COLUMNS}
          rowKey={(row) => row.id}
          filters={filters}
          limit={Number.MAX_SAFE_INTEGER}
          empty={<Empty title="No program is told anything yet">Add the address of one: it is told what happens from then on. “Send a test” on its page tries it.</Empty>}
        />
      </Panel>
      <EventTypes />
    </Page>
  );
}

export function WebhookMark({ webhook: it }: { webhook: Row }) {
  if (!it.is_active) return <Badge tone={it.disabled_by === "staff" ? "plain" : "bad"}>{WHY[it.disabled_by ?? ""] ?? "Off"}</Badge>;
  return <Badge tone={it.failing_since ? "warn" : "good"}>{it.failing_since ? "Failing" : "In use"}</Badge>;
}

const WHY: Record<string, string> = { staff: "Switched off", failures: "Off after days of failures", gone: "Off: it is gone" };

const COLUMNS: Column<Row>[] = [
  {
    name: "Address",
    lead: true,
    cell: (row) => <TwoLines first={<Link to={`/staff/webhooks/${row.id}`}>{row.endpoint_url}</Link>} second={row.description} />,
  },
  { name: "Is told", cell: (row) => (row.events.length > 0 ? row.events.join(", ") : "Everything") },
  { name: "Failing since", cell: (row) => <Time at={row.failing_since} /> },
  { name: "Made", cell: (row) => <Time at={row.created_at} shape="day" /> },
  { name: "State", cell: (row) => <WebhookMark webhook={row} /> },
];

function NewWebhook({ show }: { show: (secret: string) => void }) {
  const [it, setIt] = useState({ url: "", events: "", description: "" });
  return (
    <Decide
      label="New webhook"
      look="main"
      reason="none"
      title="A new webhook"
      done="It is told from now on."
      run={() => ask(api.POST("/webhooks", { body: { endpoint_url: it.url.trim(), events: eventsOf(it.events), description: it.description } }))}
      after={(answer) => show((answer as Schemas["NewWebhookObject"]).secret)}
    >
      <EndpointFields value={it} set={(part) => setIt({ ...it, ...part })} />
    </Decide>
  );
}
