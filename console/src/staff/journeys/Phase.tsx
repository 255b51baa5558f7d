import { type ComponentProps, useMemo } from "react";
import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { forDrawing, minus, plus } from "../../format/decimal";
import { millis } from "../../format/time";
import { Badge, Status } from "../../ui/Badge";
import { Countdown } from "../../ui/Countdown";
import { Money, Time } from "../../ui/figures";
import { Note } from "../../ui/Note";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { floorsOf } from "../kit/curve";
import { EquityCurve } from "../kit/EquityCurve";
import { AccountLink, Meter } from "../kit/parts";
import { placeName, ruleName } from "../kit/words";

interface Props {
  journey_id: string;
  phase: Schemas["JourneyPhase"];
  currency: string;
}

/// A phase with its account: money, floors, progress, and the rules as the trader reads them.
export function Phase({ journey_id, phase: it, currency }: Props) {
  const runs = !it.ended_at;
  return (
    <Panel
      title={
        <span className="row">
          {it.name}
          {it.attempt > 1 && <Badge>Attempt {it.attempt}</Badge>}
          <Status value={it.status} />
        </span>
      }
      aside={
        <>
          <span className="small soft">Account</span> <AccountLink login={it.login} />
        </>
      }
    >
      <div className="stack">
        {it.breached_event_id && (
          <Note tone="bad" title={`${ruleName(it.breached_rule_type ?? "")} was broken`}>
            <p>
              <Time at={it.breached_at} shape="second" /> · <Link to={`/staff/breaches/${it.breached_event_id}`}>Evidence and review</Link>
            </p>
          </Note>
        )}
        {it.is_judgement_suspended && (
          <Note tone="warn" title="It is not judged just now">
            <p>
              {it.suspended_because} {it.suspended_symbols.join(", ")}
            </p>
          </Note>
        )}
        <Facts>
          <Fact label={runs ? "Equity" : "Equity at the end"}>
            <Money amount={runs ? it.equity : it.final_equity} currency={currency} />
          </Fact>
          <Fact label={runs ? "Balance" : "Balance at the end"}>
            <Money amount={runs ? it.balance : it.final_balance} currency={currency} />
          </Fact>
          <Fact label="Began with">
            <Money amount={it.initial_balance} currency={currency} />
          </Fact>
          <Fact label="Open positions">{it.open_positions}</Fact>
          <Fact label="Began">
            <Time at={it.started_at} />
          </Fact>
          {it.ended_at ? (
            <Fact label="Ended">
              <Time at={it.ended_at} />
            </Fact>
          ) : (
            it.day_ends_at && (
              <Fact label="Day ends in">
                <Countdown until={it.day_ends_at} />
              </Fact>
            )
          )}
        </Facts>
        <Curve journey_id={journey_id} phase={it} currency={currency} />
        {it.limits.length > 0 && (
          <Table label={`Floors of ${it.name}`} columns={floorColumns(it, currency)} rows={it.limits} rowKey={(row) => `${row.rule_type} ${row.level}`} dense />
        )}
        {it.progress && <Progress progress={it.progress} currency={currency} />}
        {it.rule_text.length > 0 && <Rules lines={it.rule_text} />}
      </div>
    </Panel>
  );
}

function Curve({ journey_id, phase: it, currency }: Props) {
  const began = useMemo(() => ({ at: it.started_at, equity: it.initial_balance, balance: it.initial_balance }), [it.started_at, it.initial_balance]);
  const now = useMemo(
    () => (it.ended_at ? { at: it.ended_at, equity: it.final_equity ?? it.equity, balance: it.final_balance ?? it.balance } : undefined),
    [it.ended_at, it.final_equity, it.equity, it.final_balance, it.balance],
  );
  const floors = useMemo(() => floorsOf(it.limits), [it.limits]);
  const end = useMemo(() => endOf(it), [it]);
  const wanted = it.progress?.profit_target;
  return (
    <EquityCurve
      journey_id={journey_id}
      account_id={it.account_id}
      currency={currency}
      began={began}
      now={now}
      floors={floors}
      target={wanted === null || wanted === undefined ? null : plus(it.initial_balance, wanted)}
      end={end}
      runs={!it.ended_at}
    />
  );
}

function endOf(it: Props["phase"]): ComponentProps<typeof EquityCurve>["end"] {
  if (it.breached_event_id && it.breached_at) return { at: millis(it.breached_at) / 1000, name: "Breach" };
  return it.ended_at && it.status === "passed" ? { at: millis(it.ended_at) / 1000, name: "Passed" } : undefined;
}

function floorColumns(it: Props["phase"], currency: string): Column<Schemas["LimitObject"]>[] {
  const amount = (value: number | null | undefined) => <Money amount={value} currency={currency} />;
  const now = (row: Schemas["LimitObject"]) => (row.measure === "equity" ? it.equity : it.balance);
  return [
    { name: "Floor", lead: true, cell: (row) => ruleName(row.rule_type) },
    { name: "Level", number: true, cell: (row) => amount(row.level) },
    { name: "Anchor", number: true, cell: (row) => amount(row.peak ?? row.anchor) },
    { name: "Distance", number: true, cell: (row) => <Money amount={minus(now(row), row.level)} currency={currency} /> },
    {
      name: "Room left",
      cell: (row) => {
        const left = forDrawing(minus(now(row), row.level)) / (forDrawing(row.amount) || 1);
        return <Meter value={left} tone={left <= 0.2 ? "bad" : left <= 0.5 ? "warn" : "good"} />;
      },
    },
    { name: "Set", cell: (row) => <Time at={row.taken_at} /> },
    { name: "Marks", cell: (row) => [row.is_locked && "Locked", row.is_provisional && "Provisional", row.is_resting && "Resting"].filter(Boolean).join(", ") },
  ];
}

function Progress({ progress: it, currency }: { progress: Schemas["JourneyProgress"]; currency: string }) {
  return (
    <Facts>
      <Fact
        label="Profit"
        note={
          it.profit_target !== null &&
          it.profit_target !== undefined && (
            <>
              target <Money amount={it.profit_target} currency={currency} />
            </>
          )
        }
      >
        <Money amount={it.profit} currency={currency} signed />
      </Fact>
      <Fact label="Trading days" note={it.min_trading_days > 0 && `of ${it.min_trading_days} wanted`}>
        {it.trading_days}
      </Fact>
      {it.min_profitable_days > 0 && (
        <Fact label="Profitable days" note={`of ${it.min_profitable_days} wanted`}>
          {it.profitable_days}
        </Fact>
      )}
    </Facts>
  );
}

export function Rules({ lines }: { lines: Schemas["RuleLine"][] }) {
  return (
    <details>
      <summary>The rules in words ({lines.length})</summary>
      <dl className="rule-lines">
        {lines.map((line) => (
          <div key={line.place}>
            <dt className="small soft">{placeName(line.place)}</dt>
            <dd>{line.text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
