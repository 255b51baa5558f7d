import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { grouped, moneyText } from "../../format/money";
import { millis, timeText } from "../../format/time";
import type { Series } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { LazyChart } from "../../ui/LazyChart";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type CurvePoint, levelled, ofMetric } from "../challenge/curve";
import { numberOf } from "../data/keys";
import { challenge, curve } from "../data/queries";
import { type Breach, limitOf } from "./BreachStory";

interface Props {
  breach: Breach;
  currency: string;
}

const short = (value: number) => grouped(value.toFixed(0));

/// The equity on its way to the line.
export function BreachPicture({ breach, currency }: Props) {
  const id = numberOf(breach.journey_id);
  const stored = useQuery(curve(id));
  const detail = useQuery(challenge(id));
  const phase = detail.data?.phases.find((it) => String(it.account_login) === breach.account_login);
  const at = millis(breach.triggered_at) / 1000;

  const drawn = useMemo(() => {
    const points = (stored.data?.metrics ?? [])
      .filter((metric) => String(metric.account_login) === breach.account_login)
      .map(ofMetric)
      .filter((point) => point.at < Math.floor(at))
      .reverse();
    if (phase && points[0]?.at !== phase.start_time) {
      const { start_time: begun, initial_equity: equity, initial_balance: balance } = phase;
      points.unshift({ at: begun, equity, balance, daily: null, total: null, idle: true });
    }
    // The equity began to move when the first of what was open then was opened.
    const opened = Math.min(...breach.positions.map((it) => millis(it.opened_at) / 1000));
    const last = points.at(-1);
    if (last?.idle && opened > last.at && opened < at) points.push({ ...last, at: opened, idle: false });
    const limit = limitOf(breach);
    const own = breach.rule_type === "daily_loss" ? "daily" : "total";
    const level = breach.threshold_value ?? limit?.level ?? null;
    const equity = breach.triggered_value ?? breach.equity_before ?? null;
    const end: CurvePoint = { at, equity, balance: breach.balance_before ?? null, daily: level, total: level, idle: false };
    const all = levelled([...points, end]);
    const times = all.map((point) => point.at);
    const series: Series[] = [{ name: "Equity", color: "--chart-equity", values: all.map((point) => point.equity), filled: true }];
    if (level !== null) {
      const first = all.find((point) => point[own] !== null)?.[own] ?? level;
      const values = all.map((point) => point[own] ?? first);
      series.push({ name: "The line", color: own === "daily" ? "--chart-daily" : "--chart-total", values, stepped: true });
    }
    return { times, series };
  }, [stored.data, phase, breach, at]);
  const markers = useMemo(() => [{ at, name: "Crossed", color: "--chart-total" }], [at]);

  return (
    <Panel title="The way to the line">
      <ErrorNote error={stored.error} retry={() => void stored.refetch()} />
      {stored.isPending && <Skeleton lines={5} />}
      {stored.data && (
        <LazyChart
          label="Equity until the breach, and the line that it crossed"
          words={
            <>
              The equity met the line on {timeText(breach.triggered_at, "second")}
              {typeof breach.triggered_value === "number" && <>, at {moneyText(breach.triggered_value, currency)}</>}.
            </>
          }
          times={drawn.times}
          series={drawn.series}
          markers={markers}
          height={300}
          valueText={short}
        />
      )}
    </Panel>
  );
}
