import type { Schemas } from "../../api/client";
import { type Amount, forDrawing } from "../../format/decimal";
import { millis } from "../../format/time";
import type { Series } from "../../ui/Chart";

/// One point to draw. Floats, since nothing is owed by a drawing.
export interface Point {
  /// Unix seconds, with a fraction.
  at: number;
  equity: number;
  balance: number;
  daily: number | null;
  total: number | null;
}

/// How the account stands just now, or stood in the end.
export interface Standing {
  at: string;
  equity: Amount;
  balance: Amount;
}

/// The floors as they stand, or stood in the end.
export interface Floors {
  daily: Amount | null;
  total: Amount | null;
}

/// Of the limits of an account, whatever they call the rule.
export function floorsOf(limits: { level: Amount; rule?: string; rule_type?: string }[]): Floors {
  const level = (rule: string) => limits.find((limit) => (limit.rule_type ?? limit.rule) === rule)?.level ?? null;
  return { daily: level("daily_loss"), total: level("max_loss") };
}

const orNull = (value: Amount | null | undefined) => (value === null || value === undefined ? null : forDrawing(value));

/// The stored points, oldest first, between how the account began and how it stands. Floors that nothing tells of an end stood
/// there as the nearest point has them; floors that no point tells of, as they stand now.
export function pointsOf(stored: Schemas["JourneyCurvePoint"][], began: Standing, now: Standing | null, floors: Floors): Point[] {
  const told = stored.map((point): Point => ({
    at: millis(point.at) / 1000,
    equity: forDrawing(point.equity),
    balance: forDrawing(point.balance),
    daily: orNull(point.daily_floor),
    total: orNull(point.max_loss_floor),
  }));
  const present = { daily: orNull(floors.daily), total: orNull(floors.total) };
  const untold = (key: "daily" | "total") => (told.some((point) => point[key] !== null) ? null : present[key]);
  const rest = { daily: untold("daily"), total: untold("total") };
  const own = told.reverse().map((point) => ({ ...point, daily: point.daily ?? rest.daily, total: point.total ?? rest.total }));
  const edge = (it: Standing, near: { daily: number | null; total: number | null }): Point => ({
    at: millis(it.at) / 1000,
    equity: forDrawing(it.equity),
    balance: forDrawing(it.balance),
    daily: near.daily,
    total: near.total,
  });
  const first = edge(began, own[0] ?? rest);
  const all = [first, ...own.filter((point) => point.at >= first.at)];
  const last = now && edge(now, own.at(-1) ?? rest);
  if (last && last.at >= (all.at(-1)?.at ?? 0)) all.push(last);
  // Of one instant the last word counts.
  return all.filter((point, index) => point.at !== all[index + 1]?.at);
}

/// What is drawn of them: lines that have a value somewhere.
export function seriesOf(points: Point[], target: number | null, near: boolean): Series[] {
  const of = (pick: (point: Point) => number | null) => points.map(pick);
  const all: Series[] = [
    { name: "Equity", color: "--chart-equity", values: of((it) => it.equity), filled: true },
    { name: "Balance", color: "--chart-balance", values: of((it) => it.balance), stepped: true },
    { name: "Daily floor", color: "--chart-daily", values: of((it) => it.daily), stepped: true, outside: near },
    { name: "Maximum loss floor", color: "--chart-total", values: of((it) => it.total), stepped: true, outside: near },
  ];
  if (target !== null) all.push({ name: "Target", color: "--chart-target", values: of(() => target), dashed: true, outside: near });
  return all.filter((it) => it.values.some((value) => value !== null));
}
