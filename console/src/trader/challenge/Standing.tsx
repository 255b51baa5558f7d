import type { Schemas } from "../../api/client";
import { minus } from "../../format/decimal";
import { Money } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import type { State } from "./context";
import { CEILING, ruleName } from "./words";

type Journey = Schemas["JourneyStanding"];

/// The figures that decide: equity, and how far it is from everything that ends the phase.
export function Standing({ state, journey }: { state: State; journey: Journey }) {
  const { currency, equity } = state;
  const floors = journey.limits.filter((limit) => limit.rule !== CEILING);
  const over = journey.status !== "active";
  return (
    <Panel className="standing">
      <Facts>
        <Fact label="Equity" note={state.profit && <Floating amount={state.profit} currency={currency} />}>
          <span className="standing-lead">
            <Money amount={equity} currency={currency} />
          </span>
        </Fact>
        <Fact label="Balance">
          <Money amount={state.balance} currency={currency} />
        </Fact>
        {equity && (
          <Fact label="Profit in this phase">
            <Money amount={minus(equity, journey.initial_balance)} currency={currency} signed />
          </Fact>
        )}
        {equity && journey.day_start && !over && (
          <Fact label="Today">
            <Money amount={minus(equity, journey.day_start)} currency={currency} signed />
          </Fact>
        )}
        {equity &&
          !over &&
          floors.map((limit) => (
            <Fact
              key={limit.rule}
              label={`Room to ${ruleName(limit.rule).toLowerCase()}`}
              note={
                <>
                  floor at <Money amount={limit.level} currency={currency} />
                </>
              }
            >
              <Money amount={minus(measured(state, limit.measure), limit.level)} currency={currency} />
            </Fact>
          ))}
      </Facts>
    </Panel>
  );
}

/// What a limit looks at.
export function measured(state: State, measure: string): string {
  return measure === "equity" ? (state.equity ?? state.balance) : state.balance;
}

function Floating({ amount, currency }: { amount: string; currency: string }) {
  return (
    <>
      <Money amount={amount} currency={currency} signed /> open
    </>
  );
}
