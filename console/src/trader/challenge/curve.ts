import type { Schemas } from "../../api/client";
import { forDrawing } from "../../format/decimal";
import { millis } from "../../format/time";

type Metric = Schemas["MetricObject"];
type State = Schemas["AccountState"];

/// One point to draw. Floats, since nothing is owed by a drawing.
export interface CurvePoint {
  /// Unix seconds, with a fraction.
  at: number;
  equity: number | null;
  balance: number | null;
  daily: number | null;
  total: number | null;
  /// Nothing was open: until something is opened or closed the equity stays.
  idle: boolean;
}

const MOST = 4_000;

export const ofMetric = (metric: Metric): CurvePoint => ({
  at: metric.time,
  equity: metric.equity,
  balance: metric.balance,
  daily: metric.daily_floor ?? null,
  total: metric.total_floor ?? null,
  idle: metric.positions === 0,
});

export function ofState(state: State): CurvePoint {
  const level = (rule: string) => {
    const found = state.journey?.limits.find((limit) => limit.rule === rule);
    return found ? forDrawing(found.level) : null;
  };
  return {
    at: millis(state.as_of) / 1000,
    equity: state.equity === null || state.equity === undefined ? null : forDrawing(state.equity),
    balance: forDrawing(state.balance),
    daily: level("daily_loss"),
    total: level("max_loss"),
    idle: state.positions.length === 0,
  };
}

/// Adds what was heard; of too many points every other older one goes.
export function heardAlso(points: CurvePoint[], next: CurvePoint): CurvePoint[] {
  const last = points.at(-1);
  if (last && next.at <= last.at) return points;
  const grown = [...points, next];
  if (grown.length <= MOST) return grown;
  return grown.filter((_, index) => index % 2 === 0 || index > MOST / 2);
}

/// The stored curve and what was heard since, oldest first, each instant once. Floors that were not told of the beginning
/// stood then where they are first told.
export function joined(stored: CurvePoint[], heard: CurvePoint[]): CurvePoint[] {
  const all = [...stored, ...heard].sort((a, b) => a.at - b.at);
  const points = all.filter((point, index) => point.at !== all[index + 1]?.at);
  const daily = points.find((point) => point.daily !== null)?.daily ?? null;
  const total = points.find((point) => point.total !== null)?.total ?? null;
  const [first, ...rest] = points;
  return first ? [{ ...first, daily: first.daily ?? daily, total: first.total ?? total }, ...rest] : [];
}

/// How long before a change what was before it is drawn, in seconds.
const EDGE = 0.001;

/// Where nothing was open the curve stays level until the next point, and does not slope to it.
export function levelled(points: CurvePoint[]): CurvePoint[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    if (!next || !point.idle || next.equity === point.equity || next.at - point.at <= EDGE) return [point];
    return [point, { ...point, at: next.at - EDGE }];
  });
}

type Over = Pick<Schemas["PhaseObject"], "end_time" | "final_equity" | "final_balance">;

/// The curve of a phase that is over ends with what the account came to; what is told afterwards is the account at rest.
export function ended(points: CurvePoint[], { end_time, final_equity, final_balance }: Over): CurvePoint[] {
  const last = points.at(-1);
  if (!last || end_time <= 0) return points;
  const before = points.filter((point) => point.at < end_time);
  const floors = before.at(-1) ?? last;
  return [...before, { at: end_time, equity: final_equity, balance: final_balance, daily: floors.daily, total: floors.total, idle: true }];
}
