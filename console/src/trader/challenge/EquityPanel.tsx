import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { forDrawing, plus } from "../../format/decimal";
import { grouped, moneyText } from "../../format/money";
import { timeText } from "../../format/time";
import { Button } from "../../ui/Button";
import type { Series } from "../../ui/Chart";
import { ErrorNote } from "../../ui/ErrorNote";
import { LazyChart } from "../../ui/LazyChart";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { curve } from "../data/queries";
import { useChallenge } from "./context";
import { type CurvePoint, ended, joined, levelled, ofMetric } from "./curve";

const short = (value: number) => grouped(value.toFixed(Math.abs(value) < 1000 ? 2 : 0));

/// Equity against everything that it must stay above, and what it is to reach.
export function EquityPanel() {
  const { detail, phase, state, heard } = useChallenge();
  const [near, setNear] = useState(false);
  const stored = useQuery(curve(detail.challenge.id));
  const points = useMemo(() => {
    const own = (stored.data?.metrics ?? []).filter((metric) => metric.phase_id === phase.id).map(ofMetric);
    const start: CurvePoint = {
      at: phase.start_time,
      equity: phase.initial_equity,
      balance: phase.initial_balance,
      daily: null,
      total: null,
      idle: true,
    };
    return levelled(ended(joined([start, ...own], heard), phase));
  }, [stored.data, phase, heard]);

  const progress = state?.journey?.progress;
  const target = progress?.profit_target ? plus(phase.initial_balance, progress.profit_target) : null;
  const times = useMemo(() => points.map((point) => point.at), [points]);
  const series = useMemo(() => seriesOf(points, target, near), [points, target, near]);
  const markers = useMemo(() => {
    if (phase.status_name === "failed") return [{ at: phase.end_time, name: "Breach", color: "--chart-total" }];
    return phase.status_name === "passed" ? [{ at: phase.end_time, name: "Passed", color: "--chart-target" }] : [];
  }, [phase]);

  const currency = state?.currency ?? "";
  return (
    <Panel
      title="Equity and its limits"
      aside={
        <Button small aria-pressed={near} onClick={() => setNear(!near)}>
          {near ? "Show every limit" : "Closer to the equity"}
        </Button>
      }
    >
      <ErrorNote error={stored.error} retry={() => void stored.refetch()} />
      {stored.isPending && <Skeleton lines={5} />}
      {stored.data && (
        <LazyChart
          label="Equity, balance, floors and target over time"
          words={<Words points={points} currency={currency} />}
          times={times}
          series={series}
          markers={markers}
          height={320}
          valueText={short}
        />
      )}
    </Panel>
  );
}

function seriesOf(points: CurvePoint[], target: string | null, near: boolean): Series[] {
  const of = (pick: (point: CurvePoint) => number | null) => points.map(pick);
  const some = (values: (number | null)[]) => values.some((value) => value !== null);
  const all: Series[] = [
    { name: "Equity", color: "--chart-equity", values: of((it) => it.equity), filled: true },
    { name: "Balance", color: "--chart-balance", values: of((it) => it.balance), stepped: true },
    { name: "Daily floor", color: "--chart-daily", values: of((it) => it.daily), stepped: true, outside: near },
    { name: "Maximum loss floor", color: "--chart-total", values: of((it) => it.total), stepped: true, outside: near },
  ];
  if (target) {
    const line = forDrawing(target);
    all.push({ name: "Target", color: "--chart-target", values: points.map(() => line), dashed: true, outside: near });
  }
  return all.filter((it) => some(it.values));
}

function Words({ points, currency }: { points: CurvePoint[]; currency: string }) {
  const values = points.map((point) => point.equity).filter((value) => value !== null);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || values.length === 0) return "Nothing has been traded yet.";
  const text = (value: number | null | undefined) => moneyText((value ?? 0).toFixed(2), currency);
  return (
    <>
      From {timeText(first.at, "second")} to {timeText(last.at, "second")}: equity between {text(Math.min(...values))} and {text(Math.max(...values))}, at
      the end {text(values.at(-1))}.
    </>
  );
}
