import type { ReactNode } from "react";

import { compare, share } from "../../format/decimal";
import { grouped, money, moneyText } from "../../format/money";
import { Bar } from "../../ui/Bar";
import { Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import type { Phase, State } from "../challenge/context";
import type { Breach } from "./BreachStory";

interface Props {
  breach: Breach;
  phase: Phase | undefined;
  account: State | undefined;
}

const NAMES: Record<string, string> = {
  time_limit: "Days that have gone by",
  inactivity: "Days without a trade",
  lifetime: "Days that the account has lived",
};

/// The days that there were, and what was reached in them.
export function TimePicture({ breach, phase, account }: Props) {
  const { rule_type: rule, triggered_value: used, threshold_value: allowed } = breach;
  const journey = account?.journey;
  const progress = rule === "time_limit" && journey?.phase_index === breach.phase_index ? journey?.progress : undefined;
  const currency = account?.currency ?? "";
  return (
    <Panel title="The time that there was">
      <div className="stack">
        {typeof used === "number" && typeof allowed === "number" && (
          <Line name={NAMES[rule] ?? "Days"} value={share(used, allowed)} bad>
            {grouped(used)} of {grouped(allowed)} days
          </Line>
        )}
        {progress?.profit_target && (
          <Line
            name="Profit target"
            value={share(progress.profit, progress.profit_target)}
            met={compare(progress.profit, progress.profit_target) >= 0}
          >
            {money(progress.profit, currency)} of {moneyText(progress.profit_target, currency)}
          </Line>
        )}
        {progress && progress.min_trading_days > 0 && (
          <Line
            name="Trading days"
            value={share(progress.trading_days, progress.min_trading_days)}
            met={progress.trading_days >= progress.min_trading_days}
          >
            {progress.trading_days} of {progress.min_trading_days}
          </Line>
        )}
        {phase && (
          <Facts>
            <Fact label="The phase began">
              <Time at={phase.start_time} />
            </Fact>
            <Fact label="Its time was up">
              <Time at={breach.triggered_at} />
            </Fact>
          </Facts>
        )}
      </div>
    </Panel>
  );
}

interface LineProps {
  name: string;
  value: number;
  bad?: boolean;
  met?: boolean;
  children: ReactNode;
}

function Line({ name, value, bad, met, children }: LineProps) {
  return (
    <div className="stack-small">
      <p className="row row-apart">
        <b>{name}</b>
        <span>
          {children}
          {met !== undefined && <span className="soft"> · {met ? "reached" : "not reached"}</span>}
        </span>
      </p>
      <Bar value={value} bad={bad} label={name} />
    </div>
  );
}
