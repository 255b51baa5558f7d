import { api, ask, type Schemas } from "../../api/client";
import { grouped } from "../../format/money";
import { Bar } from "../../ui/Bar";
import { Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { Decide } from "../kit/Decide";

interface Props {
  webhook_id: number;
  replay: Schemas["WebhookReplayObject"];
  /// It waits until the webhook is switched on.
  paused: boolean;
  manages: boolean;
}

/// How far a replay is, and how it is ended.
export function Replaying({ webhook_id, replay, paused, manages }: Props) {
  const { events, events_done: done } = replay;
  const params = { path: { webhook_id } };
  return (
    <Panel
      title={paused ? "A replay waits" : "A replay is under way"}
      aside={
        manages && (
          <Decide
            label="Stop"
            small
            reason="none"
            title="Stop the replay"
            done="The replay is stopped."
            run={() => ask(api.DELETE("/webhooks/{webhook_id}/replay", { params }))}
          >
            <p>What was queued of it already is still sent: at most some hundred messages, and what waits behind them.</p>
          </Decide>
        )
      }
    >
      <div className="stack-small">
        <p>
          <Time at={replay.since} /> to <Time at={replay.until} />: {grouped(done)} of {grouped(events)} events looked at.
        </p>
        <Bar value={events > 0 ? done / events : 1} label="Events of the replay looked at" />
      </div>
    </Panel>
  );
}
