import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";

import { api, ask } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { ErrorNote } from "../../ui/ErrorNote";
import { Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { Secret } from "../kit/Secret";
import { Deliveries } from "./Deliveries";
import { Replaying } from "./Replaying";
import { WebhookActions } from "./WebhookActions";
import { WebhookMark } from "./WebhooksPage";

const UP = { to: "/staff/webhooks", name: "Webhooks" };
const EVERY = 5_000;
const WHILE_REPLAYING = 1_000;

/// One address with everything that was sent to it.
export function Component() {
  const { webhookId = "" } = useParams();
  const webhook_id = Number(webhookId);
  const manages = usePermission("manage_webhooks");
  const [secret, setSecret] = useState<string | null>(null);
  const webhook = useQuery({
    queryKey: ["webhook", webhook_id],
    queryFn: ({ signal }) => ask(api.GET("/webhooks/{webhook_id}", { params: { path: { webhook_id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.replay ? WHILE_REPLAYING : EVERY),
  });
  const it = webhook.data;
  if (!it) {
    return (
      <Page title="Webhook" up={UP}>
        {webhook.isPending ? <Skeleton lines={8} /> : <ErrorNote error={webhook.error} retry={() => void webhook.refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={it.endpoint_url}
      up={UP}
      mark={<WebhookMark webhook={it} />}
      intro={it.description}
      actions={manages && <WebhookActions webhook={it} show={setSecret} />}
    >
      {secret && <Secret title="The new secret" secret={secret} close={() => setSecret(null)} />}
      {!it.is_active && (
        <Note title="It is told nothing">
          <p>While it is switched off neither tests nor replays are sent. {manages && "Switch it on first; what waits for it goes out then."}</p>
        </Note>
      )}
      {it.replay && <Replaying webhook_id={it.id} replay={it.replay} paused={!it.is_active} manages={manages} />}
      {it.is_active && it.failing_since && (
        <Note tone="warn" title="It does not take what it is told">
          <p>
            Since <Time at={it.failing_since} />. It is tried again for three days; after five days without success it is switched off.
          </p>
        </Note>
      )}
      <Panel title="How it is told">
        <Facts wide>
          <Fact label="Events">{it.events.length > 0 ? it.events.join(", ") : "Everything"}</Fact>
          <Fact label="Old secret signs along until">
            <Time at={it.previous_secret_until} />
          </Fact>
          <Fact label="Changed">
            <Time at={it.updated_at} />
          </Fact>
        </Facts>
      </Panel>
      <Deliveries webhook_id={webhook_id} replays={manages && it.is_active} />
    </Page>
  );
}
