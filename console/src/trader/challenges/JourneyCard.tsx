import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { share } from "../../format/decimal";
import { moneyText, shortSize } from "../../format/money";
import { Badge, Status } from "../../ui/Badge";
import { Bar } from "../../ui/Bar";
import { Button, ButtonLink } from "../../ui/Button";
import { Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { numberOf } from "../data/keys";

export type Journey = Schemas["OwnJourney"];

interface Props {
  journey: Journey;
  pay: () => void;
  cancel: () => void;
}

/// One challenge: how it stands, and the way to it.
export function JourneyCard({ journey, pay, cancel }: Props) {
  const { status, profit_target: target, profit_to_date: profit, account_currency: currency } = journey;
  const to = `/challenges/${numberOf(journey.journey_id)}`;
  const begun = status !== "pending_payment" && journey.started_at;
  return (
    <Panel
      className="journey-card"
      title={begun ? <Link to={to}>{journey.template_name}</Link> : journey.template_name}
      aside={<JourneyStatus journey={journey} />}
    >
      <div className="stack">
        <p className="small soft">
          {journey.current_phase} · account {journey.login}
          {journey.account_size ? ` · ${shortSize(journey.account_size)}` : ""}
        </p>
        {begun && (
          <div className="stack-small">
            <div className="row row-apart">
              <span className="soft">Closed profit</span>
              <b>
                <Money amount={profit} currency={currency} signed />
              </b>
            </div>
            {target > 0 && (
              <>
                <Bar value={share(profit, target)} label="Part of the profit target that is reached" />
                <p className="small soft">Target {moneyText(target, currency)}</p>
              </>
            )}
          </div>
        )}
        {!begun && (
          <p>
            Fee <Money amount={journey.fee_amount} currency={journey.fee_currency} />
          </p>
        )}
        <div className="row row-apart">
          <span className="small soft">
            {journey.ended_at ? "Ended" : begun ? "Since" : "Enrolled"}{" "}
            <Time at={journey.ended_at ?? journey.started_at ?? journey.created_at} />
          </span>
          {journey.pending_tx_id ? (
            <span className="row">
              {journey.status === "pending_payment" && (
                <Button small look="quiet" aria-label={`Cancel ${journey.template_name}, account ${journey.login}`} onClick={cancel}>
                  Cancel
                </Button>
              )}
              <Button small look="main" onClick={pay}>
                Pay the fee
              </Button>
            </span>
          ) : (
            begun && (
              <ButtonLink small to={to} aria-label={`Open ${journey.template_name}, account ${journey.login}`}>
                Open
              </ButtonLink>
            )
          )}
        </div>
      </div>
    </Panel>
  );
}

function JourneyStatus({ journey }: { journey: Journey }) {
  if (journey.is_suspended) {
    return (
      <Badge tone="warn" icon>
        Suspended
      </Badge>
    );
  }
  if (journey.status !== "completed") return <Status value={journey.status} />;
  return <Status value={journey.passed ? "passed" : "failed"} />;
}
