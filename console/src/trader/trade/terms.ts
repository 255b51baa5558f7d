import { type Amount, compare, half, inSteps, isDecimal, minus, plus } from "../../format/decimal";
import { grouped } from "../../format/money";

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

/// What is wrong with a volume as it stands in a field.
export function volumeFault(text: string, least: Amount, most: Amount, step: Amount): string | undefined {
  const volume = decimal(text);
  if (volume === null) return "Enter how many lots.";
  if (!isDecimal(volume)) return "Enter a number, such as 0.5.";
  if (compare(volume, least) < 0) return `At least ${grouped(least)} lots.`;
  if (compare(volume, most) > 0) return `At most ${grouped(most)} lots.`;
  return compare(inSteps(volume, step), volume) === 0 ? undefined : `Only whole steps of ${grouped(step)} lots.`;
}

/// What is wrong with a price as it stands in a field.
export function priceFault(text: string, needed = false): string | undefined {
  const price = decimal(text);
  if (price === null) return needed ? "Enter a price." : undefined;
  return isDecimal(price) && compare(price, 0) > 0 ? undefined : "Enter a price above 0, such as 105.25.";
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
