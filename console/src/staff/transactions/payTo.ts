import { harmless } from "../kit/harmless";
import { words } from "../kit/words";

/// What a customer said of where a withdrawal is to be paid to: a name and a value each.
export function payTo(data: Record<string, unknown>): { name: string; value: string }[] {
  return Object.entries(data).map(([key, value]) => ({
    name: key === "pay_to" ? "Pay to" : harmless(words(key)),
    value: harmless(typeof value === "string" ? value : JSON.stringify(value)),
  }));
}
