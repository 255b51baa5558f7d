import { ButtonLink } from "../../ui/Button";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { useChallenge } from "./context";
import { EquityPanel } from "./EquityPanel";
import { NextReset } from "./NextReset";
import { Objectives } from "./Objectives";
import { Refund } from "./Refund";
import { Standing } from "./Standing";

/// How it stands, what is still missing, and where the floors are.
export function Component() {
  const { detail, phase, state, rests } = useChallenge();
  if (!state?.journey) return <Skeleton lines={9} />;
  const { journey } = state;
  return (
    <div className="stack">
      {state.is_traded && !rests && journey.progress?.trading_days === 0 && state.positions.length === 0 && (
        <Note title="Your account is ready: nothing was traded yet">
          <p>Buy or sell something, and watch the equity move between its floors and the target.</p>
          <div>
            <ButtonLink small look="main" to={`/challenges/${detail.challenge.id}/trade`}>
              Place the first trade
            </ButtonLink>
          </div>
        </Note>
      )}
      {journey.is_suspended && (
        <Note tone="warn" title="Nothing is judged just now">
          <p>
            {journey.suspended_symbols.join(", ") || "A price"} has no fresh price. Rules are judged again with the next one.
          </p>
        </Note>
      )}
      {journey.paused_until && (
        <Note tone="warn" title="Paused until the next trading day">
          <p>The day’s limit was reached. Nothing can be opened until then.</p>
        </Note>
      )}
      {state.margin_call_risk && (
        <Note tone="warn" title="Your margin runs out">
          <p>Close something, or the account is stopped out.</p>
        </Note>
      )}
      <Standing state={state} journey={journey} />
      <EquityPanel />
      <div className="challenge-columns">
        <Objectives state={state} journey={journey} phase={phase} detail={detail} />
        <NextReset journey={journey} />
      </div>
      <Refund detail={detail} state={state} />
    </div>
  );
}
