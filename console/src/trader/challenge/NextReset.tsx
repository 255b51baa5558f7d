import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "../../api/client";
import { ownZone, timeText } from "../../format/time";
import { Countdown } from "../../ui/Countdown";
import { Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { overview } from "../data/queries";
import { knownZone } from "./words";

type Journey = Schemas["JourneyStanding"];

/// When the trading day ends, and the day's floor is worked out anew: here, and where the program's clock stands.
export function NextReset({ journey }: { journey: Journey }) {
  const told = useQuery(overview(journey.journey_id));
  const zone = told.data?.phase?.trading_day?.zone;
  const known = knownZone(zone);
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
          {known && known !== ownZone() && <Fact label={`Program’s time (${known})`}>{timeText(ends, "weekday", known)}</Fact>}
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
