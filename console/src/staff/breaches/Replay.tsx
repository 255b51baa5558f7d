import { type ReactNode, useState } from "react";

import type { Schemas } from "../../api/client";
import { money } from "../../format/money";
import { isOfMoney } from "../../format/rules";
import { Button } from "../../ui/Button";
import { Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { ruleName } from "../kit/words";

interface Props {
  breach: Schemas["BreachEventDetail"];
  currency: string;
}

interface Step {
  at: string | null;
  title: string;
  text: ReactNode;
  bad?: boolean;
}

/// The decision once more, step by step, from what was kept of it.
export function Replay({ breach, currency }: Props) {
  const steps = stepsOf(breach, currency);
  const [shown, setShown] = useState(steps.length);
  const all = shown >= steps.length;
  return (
    <Panel
      title="Replay"
      aside={
        <span className="row">
          <Button small onClick={() => setShown(1)} disabled={shown === 1}>
            From the beginning
          </Button>
          <Button small onClick={() => setShown(shown + 1)} disabled={all}>
            Next step
          </Button>
          <Button small onClick={() => setShown(steps.length)} disabled={all}>
            All
          </Button>
        </span>
      }
    >
      <ol className="timeline" aria-live="polite">
        {steps.slice(0, shown).map((step) => (
          <li key={step.title} data-tone={step.bad ? "bad" : undefined}>
            <span className="timeline-what">
              <b>{step.title}</b>
              {step.at && (
                <span className="small soft">
                  <Time at={step.at} shape="second" />
                </span>
              )}
            </span>
            <span>{step.text}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function stepsOf(it: Props["breach"], currency: string): Step[] {
  const steps: Step[] = [];
  const limit = it.limits.find((one) => one.rule_type === it.rule_type);
  const text = (amount: number) => `${money(amount, currency)} ${currency}`;
  if (limit) {
    const base = limit.peak === null || limit.peak === undefined ? `anchor ${text(limit.anchor)}` : `peak ${text(limit.peak)}`;
    const title = "The floor was set";
    steps.push({ at: limit.taken_at, title, text: `${text(limit.level)}: ${base}, less ${text(limit.amount)}.` });
  }
  for (const position of it.positions) {
    const { side, volume, symbol, position_id } = position;
    const title = `Position ${position_id} was opened`;
    steps.push({ at: position.opened_at, title, text: `${side === "buy" ? "Bought" : "Sold"} ${volume} ${symbol}.` });
  }
  steps.sort((a, b) => Date.parse(a.at ?? "") - Date.parse(b.at ?? ""));
  if (it.previous_tick) {
    steps.push({ at: it.previous_tick.received_at, title: "The price before: nothing was broken", text: tickText(it.previous_tick) });
  }
  if (it.tick) {
    steps.push({ at: it.tick.received_at, title: "The price that decided", text: tickText(it.tick) });
  }
  steps.push({
    at: it.triggered_at,
    title: `${ruleName(it.rule_type)} is broken`,
    bad: true,
    text: !isOfMoney(it.rule_type) ? (
      it.message
    ) : (
      <>
        {limit ? `${limit.measure === "equity" ? "Equity" : "Balance"} is ` : "Measured is "}
        <Money amount={it.triggered_value} currency={currency} />, the floor is <Money amount={it.threshold_value} currency={currency} />.
      </>
    ),
  });
  for (const closed of it.positions_closed) {
    const title = `Position ${closed.position_id} is closed`;
    const result = `${closed.symbol} at ${closed.price}, result ${text(closed.profit)}, commission ${text(closed.commission)}.`;
    steps.push({ at: it.triggered_at, title, text: result });
  }
  for (const failed of it.positions_failed) {
    const later = failed.closed_at ? ` It was closed later, at ${failed.price ?? "a price that is not known"}.` : "";
    steps.push({ at: failed.closed_at ?? null, title: `Position ${failed.position_id} could not be closed at once`, bad: true, text: `${failed.symbol}: ${failed.code}.${later}` });
  }
  if (typeof it.balance_after === "number") {
    steps.push({ at: it.triggered_at, title: "The account afterwards", text: `Balance ${text(it.balance_after)}.` });
  }
  return steps;
}

function tickText(tick: Schemas["TickObject"]): string {
  const flagged = tick.is_flagged ? " It was marked as doubtful." : "";
  return `${tick.symbol} ${tick.bid} / ${tick.ask}, price ${tick.sequence} of ${tick.source}.${flagged}`;
}
