import { useState } from "react";
import { useNavigate } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { Field } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import { type Endpoint, EndpointFields, eventsOf } from "./EndpointFields";

interface Props {
  webhook: Schemas["WebhookObject"];
  show: (secret: string) => void;
}

export function WebhookActions({ webhook, show }: Props) {
  const params = { path: { webhook_id: webhook.id } };
  const go = useNavigate();
  return (
    <>
      <Decide
        label="Delete"
        look="danger"
        reason="none"
        title="Delete this webhook"
        done="The webhook is deleted."
        run={() => ask(api.DELETE("/webhooks/{webhook_id}", { params }))}
        after={() => void go("/staff/webhooks")}
      >
        <p>What still waits for it is not sent.</p>
      </Decide>
      <Decide
        label={webhook.is_active ? "Switch off" : "Switch on"}
        reason="none"
        title={webhook.is_active ? "Switch it off" : "Switch it on"}
        done={webhook.is_active ? "It is told nothing any more." : "It is told again."}
        run={() => ask(api.PATCH("/webhooks/{webhook_id}", { params, body: { is_active: !webhook.is_active } }))}
      >
        <p>{webhook.is_active ? "What happens meanwhile is not sent afterwards; it can be replayed." : "What waits for it goes out at once."}</p>
      </Decide>
      <Change webhook={webhook} />
      <Decide
        label="Rotate secret"
        reason="none"
        title="Another secret"
        done="Messages are signed with another secret."
        run={() => ask(api.POST("/webhooks/{webhook_id}/rotate-secret", { params, body: {} }))}
        after={(answer) => show((answer as Schemas["NewWebhookObject"]).secret)}
      >
        <p>For a day the old one signs along, so that the receiver can take over the new one when it suits him.</p>
      </Decide>
      {webhook.is_active && !webhook.replay && <Replay webhook={webhook} />}
      {webhook.is_active && (
        <Decide
          label="Send a test"
          look="main"
          reason="none"
          title="Send a test"
          done="The test is on its way: look at the deliveries."
          run={() => ask(api.POST("/webhooks/{webhook_id}/test", { params }))}
        >
          <p>A message of the kind of a test, signed like every other.</p>
        </Decide>
      )}
    </>
  );
}

function Change({ webhook }: { webhook: Props["webhook"] }) {
  // What was not touched stays as it is, whoever changes it meanwhile.
  const [touched, setTouched] = useState<Partial<Endpoint>>({});
  const before = { url: webhook.endpoint_url, events: webhook.events.join(", "), description: webhook.description };
  const after = { ...before, ...touched };
  const body: Schemas["UpdateWebhookRequest"] = {};
  if (after.url.trim() !== before.url) body.endpoint_url = after.url.trim();
  if (eventsOf(after.events).join() !== webhook.events.join()) body.events = eventsOf(after.events);
  if (after.description !== before.description) body.description = after.description;
  return (
    <Decide
      label="Change"
      reason="none"
      title="Change the webhook"
      done="The webhook is changed."
      ready={Object.keys(body).length > 0}
      run={() => ask(api.PATCH("/webhooks/{webhook_id}", { params: { path: { webhook_id: webhook.id } }, body }))}
      after={() => setTouched({})}
    >
      <EndpointFields value={after} set={(part) => setTouched({ ...touched, ...part })} />
    </Decide>
  );
}

function Replay({ webhook }: { webhook: Props["webhook"] }) {
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  return (
    <Decide
      label="Replay a time"
      reason="none"
      title="Tell everything of a time once more"
      done="It is told once more, in its order."
      run={() =>
        ask(
          api.POST("/webhooks/{webhook_id}/replay", {
            params: { path: { webhook_id: webhook.id } },
            body: { since: new Date(since).toISOString(), until: until ? new Date(until).toISOString() : null },
          }),
        )
      }
    >
      <p>For a receiver that has lost something. Messages keep their ids, so that it can tell what it knows.</p>
      <div className="form-row">
        <Field label="Since (your time)" name="since" type="datetime-local" required value={since} onChange={(event) => setSince(event.target.value)} />
        <Field label="Until (optional)" name="until" type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />
      </div>
    </Decide>
  );
}
