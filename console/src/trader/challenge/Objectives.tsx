import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Schemas } from "../../api/client";
import { compare, minus, share, sign } from "../../format/decimal";
import { money, moneyText, percent } from "../../format/money";
import { Bar } from "../../ui/Bar";
import { Countdown } from "../../ui/Countdown";
import { Time } from "../../ui/figures";
import { CircleCheck, CircleX, Clock, ShieldCheck, Target } from "../../ui/icons";
import { Panel } from "../../ui/Panel";
import { overview } from "../data/queries";
import type { Detail, Phase, State } from "./context";
import { measured } from "./Standing";
import { type TimeRow, timeRows } from "./timeLimits";
import { ANCHORS, CEILING, ruleName } from "./words";

type Journey = Schemas["JourneyStanding"];
type Progress = NonNullable<Journey["progress"]>;

interface Props {
  state: State;
  journey: Journey;
  phase: Phase;
  detail: Detail;
}

/// What has to be reached, with what is missing; and what must not be crossed, with the room that is left.
export function Objectives({ state, journey, phase, detail }: Props) {
  const { progress } = journey;
  const told = useQuery(overview(journey.journey_id));
  const flat = told.data?.phase?.objectives.some((it) => it.objective === "no_open_positions") ?? false;
  const open = state.positions.length;
  const over = journey.status !== "active";
  const times = timeRows(journey.time_limits, {
    max_trading_days: phase.progress.max_trading_days,
    trading_days: progress?.trading_days ?? phase.progress.trading_days,
    calendar_days: detail.program.steps.find((it) => it.phase_index === phase.phase_index)?.duration_days ?? 0,
  });
  return (
    <Panel title="Objectives">
      <ul className="objectives">
        {progress && <Goals progress={progress} currency={state.currency} over={over} />}
        {flat && !over && (
          <Row name="No open position" met={open === 0}>
            To pass, everything has to be closed{open > 0 && <> · <b>{open} still open</b></>}
          </Row>
        )}
        {journey.limits.map((limit) => (
          <LimitRow key={limit.rule} limit={limit} state={state} over={over} />
        ))}
        {times.map((limit) => (
          <Row key={`${limit.name} ${limit.ends_at ?? ""}`} name={limit.name} met="watch" icon={Clock}>
            <TimeWords limit={limit} />
          </Row>
        ))}
      </ul>
    </Panel>
  );
}

function TimeWords({ limit: { ends_at, used, of } }: { limit: TimeRow }) {
  if (used) return `${used.days} of ${used.of} used`;
  const all = of ? ` of ${of} ${of === 1 ? "day" : "days"}` : "";
  if (!ends_at) return "Its clock does not run yet";
  return (
    <>
      <Countdown until={ends_at} over="over" /> left{all}, until <Time at={ends_at} />
    </>
  );
}

function Goals({ progress, currency, over }: { progress: Progress; currency: string; over: boolean }) {
  const { profit, profit_target: target, consistency } = progress;
  const reached = target ? compare(profit, target) >= 0 : true;
  return (
    <>
      {target && (
        <Row name="Profit target" met={reached} over={over} bar={share(profit, target)}>
          {money(profit, currency)} of {moneyText(target, currency)}
          {!reached && (
            <>
              {" "}
              · <b>{moneyText(minus(target, profit), currency)} {over ? "were" : "still"} missing</b>
            </>
          )}
        </Row>
      )}
      <Days name="Trading days" done={progress.trading_days} wanted={progress.min_trading_days} over={over} />
      <Days name="Profitable days" done={progress.profitable_days} wanted={progress.min_profitable_days} over={over} />
      {consistency && (
        <Row name="Consistency" met={consistency.is_met} over={over}>
          Your best day is {percent(consistency.share)} of the profit
          {!consistency.is_met && !over && <> · for it the profit must be {moneyText(consistency.required_profit, currency)}</>}
        </Row>
      )}
    </>
  );
}

function Days({ name, done, wanted, over }: { name: string; done: number; wanted: number; over: boolean }) {
  if (wanted === 0) return null;
  const missing = wanted - done;
  return (
    <Row name={name} met={missing <= 0} over={over} bar={share(done, wanted)}>
      {done} of {wanted}
      {missing > 0 && (
        <>
          {" "}
          · <b>{over ? `${missing} missing` : missing === 1 ? "1 more day" : `${missing} more days`}</b>
        </>
      )}
    </Row>
  );
}

type Limit = Journey["limits"][number];

function LimitRow({ limit, state, over }: { limit: Limit; state: State; over: boolean }) {
  const { currency } = state;
  const ceiling = limit.rule === CEILING;
  const now = measured(state, limit.measure);
  const room = ceiling ? minus(limit.level, now) : minus(now, limit.level);
  const used = minus(limit.amount, room);
  const crossed = sign(room) <= 0;
  const from = limit.peak ? "the highest equity" : (ANCHORS[limit.anchor_source] ?? "its anchor");
  return (
    <Row name={ruleName(limit.rule)} met={crossed ? false : "watch"} over={over} bar={share(used, limit.amount)} icon={ShieldCheck} bad>
      {ceiling ? "Ceiling" : "Floor"} at <b>{moneyText(limit.level, currency)}</b>
      {!over && <> · {moneyText(room, currency)} of room</>}
      <span className="objective-why">
        {moneyText(limit.amount, currency)} {ceiling ? "above" : "below"} {moneyText(limit.peak ?? limit.anchor, currency)}, from {from}
        {limit.is_locked && "; it follows no more"}
        {limit.is_provisional && "; taken while a price was too old, so that it only warns"}
        {limit.is_resting && "; left alone after a breach that was taken back"}
      </span>
    </Row>
  );
}

interface RowProps {
  name: string;
  met: boolean | "watch";
  bar?: number;
  /// The bar fills towards an end, not towards a goal.
  bad?: boolean;
  /// The phase has ended: nothing is reached or crossed any more.
  over?: boolean;
  icon?: typeof Target;
  children: ReactNode;
}

function Row({ name, met, bar, bad, over, icon, children }: RowProps) {
  // A goal that is not reached yet is no fault.
  const state = met === false && !bad ? "watch" : met;
  const Icon = state === true ? CircleCheck : state === false ? CircleX : (icon ?? Target);
  const word = wordOf(state, Boolean(bad), Boolean(over));
  return (
    <li className="objective" data-met={String(state)}>
      <Icon aria-hidden="true" />
      <div className="objective-words">
        <h3>
          {name} <span className="unseen">({word})</span>
        </h3>
        <p className="small soft">{children}</p>
        {bar !== undefined && (
          <Bar value={bar} bad={bad} label={bad ? `${name}: part of the room that is used` : `${name}: part that is reached`} />
        )}
      </div>
    </li>
  );
}

function wordOf(state: RowProps["met"], bad: boolean, over: boolean): string {
  if (state === true) return "met";
  if (state === false) return "crossed";
  if (bad) return over ? "kept" : "kept so far";
  return over ? "not met" : "not met yet";
}
