import type { Amount } from "../../format/decimal";
import { type Instant, millis } from "../../format/time";
import type { Breach } from "./BreachStory";

type Priced = Pick<Breach, "tick" | "previous_tick" | "prices" | "positions_closed">;

const behind = (price: Amount) => String(price).split(".")[1]?.length ?? 0;

/// How many digits a symbol's prices have behind the point, so that those of one are shown alike.
export function digitsIn({ tick, previous_tick, prices, positions_closed }: Priced): (symbol: string) => number {
  const most = new Map<string, number>();
  const note = (symbol: string, price: Amount) => most.set(symbol, Math.max(most.get(symbol) ?? 0, behind(price)));
  for (const it of [tick, previous_tick, ...prices]) {
    if (it) note(it.symbol, it.bid);
    if (it) note(it.symbol, it.ask);
  }
  for (const it of positions_closed) note(it.symbol, it.price);
  return (symbol) => most.get(symbol) ?? 0;
}

/// Instants that lie within one second are told with their fractions: otherwise the order could not be seen.
export function shapeFor(...instants: (Instant | null | undefined)[]): "second" | "fraction" {
  const times = instants.filter((it) => it !== null && it !== undefined).map(millis).sort((a, b) => a - b);
  const near = times.some((at, index) => {
    const next = times[index + 1];
    return next !== undefined && next > at && next - at <= 1_000;
  });
  return near ? "fraction" : "second";
}
