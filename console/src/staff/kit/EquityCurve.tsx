import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { api, ask } from "../../api/client";
import { type Amount, forDrawing } from "../../format/decimal";
import { grouped, moneyText } from "../../format/money";
import { timeText } from "../../format/time";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { LazyChart } from "../../ui/LazyChart";
import { Skeleton } from "../../ui/Loading";
import { type Floors, type Point, pointsOf, seriesOf, type Standing } from "./curve";

interface Props {
  journey_id: string;
  account_id: string;
  currency: string;
  began: Standing;
  /// Left out where the answer does not say when that was.
  now?: Standing;
  floors: Floors;
  /// The equity that passes the phase.
  target: Amount | null;
  /// How it has ended.
  end?: { at: number; name: "Breach" | "Passed" };
  runs: boolean;
}

const EVERY = 15_000;
const short = (value: number) => grouped(value.toFixed(Math.abs(value) < 1000 ? 2 : 0));

/// The same picture as the trader sees: equity against everything that it must stay above, and what it is to reach.
export function EquityCurve({ journey_id, account_id, currency, began, now, floors, target, end, runs }: Props) {
  const [near, setNear] = useState(false);
  const stored = useQuery({
    queryKey: ["journey", journey_id, "curve", account_id],
    queryFn: ({ signal }) => {
      const params = { path: { journey_id }, query: { account_id } };
      return ask(api.GET("/prop/journeys/{journey_id}/curve", { params, signal }));
    },
    refetchInterval: runs ? EVERY : false,
  });
  const points = useMemo(() => pointsOf(stored.data?.points ?? [], began, now ?? null, floors), [stored.data, began, now, floors]);
  const times = useMemo(() => points.map((point) => point.at), [points]);
  const series = useMemo(() => seriesOf(points, target === null ? null : forDrawing(target), near), [points, target, near]);
  const markers = useMemo(() => (end ? [{ ...end, color: end.name === "Breach" ? "--chart-total" : "--chart-target" }] : []), [end]);
  if (stored.isPending) return <Skeleton lines={5} />;
  return (
    <div className="stack-small">
      <ErrorNote error={stored.error} retry={() => void stored.refetch()} />
      {stored.data && (
        <>
          <div className="row row-end">
            <Button small aria-pressed={near} onClick={() => setNear(!near)}>
              {near ? "Show every limit" : "Closer to the equity"}
            </Button>
          </div>
          <LazyChart
            label="Equity, balance, floors and target over time"
            words={inWords(points, currency)}
            times={times}
            series={series}
            markers={markers}
            height={260}
            valueText={short}
          />
        </>
      )}
    </div>
  );
}

function inWords(points: Point[], currency: string) {
  const values = points.map((point) => point.equity);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return "Nothing has been traded yet.";
  const text = (value: number) => moneyText(value.toFixed(2), currency);
  return `From ${timeText(first.at, "second")} to ${timeText(last.at, "second")}: equity between ${text(Math.min(...values))} and ${text(Math.max(...values))}, at the end ${text(last.equity)}.`;
}
