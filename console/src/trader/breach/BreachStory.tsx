import type { ReactNode } from "react";

import type { Schemas } from "../../api/client";
import { minus, sign } from "../../format/decimal";
import { grouped, moneyText, signedMoney } from "../../format/money";
import { isOfDays, isOfMoney } from "../../format/rules";
import { Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { ANCHORS, CEILING, MEASURES, ruleName, sentenceOf } from "../challenge/words";
import { digitsIn, shapeFor } from "./shown";

export type Breach = Schemas["BreachEventDetail"];

interface Props {
  breach: Breach;
  currency: string;
}

/// The limit by which it was found.
export const limitOf = (breach: Breach) => breach.limits.find((limit) => limit.rule_type === breach.rule_type);

/// What happened, step by step, each with its figures.
export function BreachStory({ breach, currency }: Props) {
  const text = (amount: number | null | undefined) => (typeof amount === "number" ? moneyText(amount, currency) : "–");
  const limit = limitOf(breach);
  const { tick, previous_tick: before, threshold_value: floor, triggered_value: value } = breach;
  const digits = digitsIn(breach);
  const shape = shapeFor(before?.received_at, tick?.received_at, breach.triggered_at);
  const pair = (of: NonNullable<typeof tick>) => `${grouped(of.bid, digits(of.symbol))} / ${grouped(of.ask, digits(of.symbol))}`;
  const terminal = breach.severity === "terminal";
  const ceiling = breach.rule_type === CEILING;
  return (
    <Panel title="What happened">
      <ol className="story">
        {limit && (
          <Step title={`The line stood at ${text(limit.level)}`}>
            {text(limit.amount)} {ceiling ? "above" : "below"} {text(limit.peak ?? limit.anchor)}
            {limit.peak ? ", the highest equity so far, which you had reached on " : `, taken at ${ANCHORS[limit.anchor_source] ?? "its time"} on `}
            <Time at={limit.taken_at} shape="second" />. The rule: your {MEASURES[limit.measure] ?? limit.measure} must stay {ceiling ? "below" : "above"} it.
          </Step>
        )}
        {breach.positions.length > 0 && (
          <Step title={breach.positions.length === 1 ? "A position was open" : `${breach.positions.length} positions were open`}>
            {breach.positions.map((it) => (
              <span key={it.position_id} className="story-line">
                {it.side === "buy" ? "Bought" : "Sold"} {grouped(it.volume)} {it.symbol}, standing at {signedMoney(it.profit ?? 0, currency)} {currency}
              </span>
            ))}
          </Step>
        )}
        {tick && !isOfDays(breach.rule_type) && (
          <Step title={`${tick.symbol} moved to ${pair(tick)}`}>
            {before && (
              <>
                Just before, on <Time at={before.received_at} shape={shape} />, it was {pair(before)}.{" "}
              </>
            )}
            The new price came on <Time at={tick.received_at} shape={shape} />.
          </Step>
        )}
        <Step title={isOfMoney(breach.rule_type) && typeof value === "number" && typeof floor === "number" ? `Equity ${text(value)}: the line was crossed` : ruleName(breach.rule_type)} bad>
          {isOfMoney(breach.rule_type) && typeof value === "number" && typeof floor === "number" ? (
            <>
              That is {ceiling ? beyond(minus(value, floor), "above", currency) : beyond(minus(floor, value), "below", currency)}. Instant: <Time at={breach.triggered_at} shape={shape} />.
            </>
          ) : (
            <>
              {sentenceOf(breach.message)}. Instant: <Time at={breach.triggered_at} shape={shape} />.
            </>
          )}
        </Step>
        {terminal && (
          <Step title={breach.positions.length > 0 ? "Everything was closed, and the phase ended" : "The phase ended"}>
            {breach.positions_closed.map((it) => (
              <span key={it.deal_id} className="story-line">
                {it.symbol} closed at {grouped(it.price, digits(it.symbol))} with {signedMoney(it.profit, currency)} {currency}
              </span>
            ))}
            {breach.positions_failed.map((it) => (
              <span key={it.position_id} className="story-line">
                {it.symbol} could not be closed at once ({it.code.toLowerCase().replaceAll("_", " ")}
                {it.closed_at ? "), and was closed on " : "): it is closed with its next price."}
                {it.closed_at && (
                  <>
                    <Time at={it.closed_at} shape="second" /> at {grouped(it.price ?? 0, digits(it.symbol))} with {signedMoney(it.profit ?? 0, currency)} {currency}.
                  </>
                )}
              </span>
            ))}
            {breach.positions_failed.length === 0 && `The balance afterwards: ${text(breach.balance_after)}.`}
          </Step>
        )}
      </ol>
    </Panel>
  );
}

function beyond(distance: string, where: string, currency: string): string {
  return sign(distance) === 0 ? "exactly on the line, which is enough" : `${moneyText(distance, currency)} ${where} the line`;
}

function Step({ title, bad, children }: { title: string; bad?: boolean; children: ReactNode }) {
  return (
    <li data-bad={bad}>
      <h3>{title}</h3>
      <p className="soft">{children}</p>
    </li>
  );
}
