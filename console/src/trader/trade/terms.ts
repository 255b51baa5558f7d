import { type Amount, compare, half, inSteps, isDecimal, minus, plus } from "../../format/decimal";

/// One value of a position or an order that can be changed.
export interface Term {
  name: "price" | "limit_price" | "stop_loss" | "take_profit" | "trailing_distance";
  label: string;
  hint?: string;
  now: string | null | undefined;
  /// It cannot be without.
  needed?: boolean;
}

export type Changes = Partial<Record<Term["name"], string | null>>;

/// What stands in a field as the server reads it; null for nothing.
export const decimal = (text: string) => text.trim().replace(",", ".") || null;

const same = (a: string | null, b: string | null) =>
  a === b || (a !== null && b !== null && isDecimal(a) && isDecimal(b) && compare(a, b) === 0);

/// Those values that differ from what stands there; what was emptied is null, which clears it.
export function changesOf(terms: Term[], texts: Record<string, string>): Changes {
  const changes: Changes = {};
  for (const { name, now } of terms) {
    const next = decimal(texts[name] ?? "");
    if (!same(next, now ?? null)) changes[name] = next;
  }
  return changes;
}

/// Half of a position in whole steps, or null where it cannot be parted.
export function partOf(volume: Amount, least: Amount, step: Amount): string | null {
  const part = inSteps(half(volume), step);
  return compare(part, least) >= 0 ? part : null;
}

/// What would be free after an order that was looked at when `then` was free, now that `now` is.
export function freeAfter(told: string, then: string | null | undefined, now: string | null | undefined): string {
  return then && now ? plus(told, minus(now, then)) : told;
}
