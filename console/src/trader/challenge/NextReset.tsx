import type { Schemas } from "../../api/client";
import { ownZone, timeText } from "../../format/time";
import { Countdown } from "../../ui/Countdown";
import { Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import type { Phase } from "./context";
import { dayStart, knownZone } from "./words";

type Journey = Schemas["JourneyStanding"];

/// When the trading day ends, and the day's floor is worked out anew: here, and where the program's clock stands.
export function NextReset({ journey, phase }: { journey: Journey; phase: Phase }) {
  const start = dayStart(phase.rule_text);
  const zone = knownZone(start?.zone);
  const ends = journey.day_ends_at;
  if (journey.status !== "active" || !ends) return <PhaseTimes journey={journey} />;
  return (
    <Panel title="Next daily reset">
      <div className="stack">
        <p className="reset-left">
          <Countdown until={ends} />
        </p>
        <Facts>
          <Fact label={`Your time (${ownZone()})`}>{timeText(ends, "weekday")}</Fact>
          {start && zone && zone !== ownZone() && <Fact label={`Program’s time (${start.zone})`}>{timeText(ends, "weekday", zone)}</Fact>}
        </Facts>
        <p className="small soft">Then a new trading day begins, and daily limits are worked out anew.</p>
        <p className="small soft">
          The phase has run since <Time at={journey.started_at} />.
        </p>
      </div>
    </Panel>
  );
}

function PhaseTimes({ journey }: { journey: Journey }) {
  return (
    <Panel title="This phase">
      <Facts>
        <Fact label="Began">
          <Time at={journey.started_at} />
        </Fact>
        <Fact label="Ended">
          <Time at={journey.ended_at} />
        </Fact>
      </Facts>
    </Panel>
  );
}
