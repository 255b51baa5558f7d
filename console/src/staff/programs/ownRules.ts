import type { Values } from "./draft";

type Json = Record<string, unknown>;
type Change = (rules: Json, text: string) => boolean;

const objectAt = (it: Json | undefined, key: string) => it?.[key] as Json | undefined;

/// Hundredths of a percent, as rule sets say shares.
function basisPoints(text: string): number | null {
  const [, whole, part = ""] = /^(\d{1,6})(?:\.(\d{1,2})0*)?$/.exec(text.trim()) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(part.padEnd(2, "0"));
}

const count = (text: string) => (text.trim() === "" ? 0 : /^\d{1,9}$/.test(text.trim()) ? Number(text) : null);

/// The share in `rule.amount`; an amount in money is no share, and stays for who writes it by hand.
function share(parent: (rules: Json) => Json | undefined, key: string): Change {
  return (rules, text) => {
    const at = parent(rules);
    const wanted = basisPoints(text || "0");
    const amount = objectAt(objectAt(at, key), "amount");
    const kind = Object.keys(amount ?? {}).find((name) => name.startsWith("percent_of_"));
    if (!at || !amount || !kind || wanted === null) return false;
    if (wanted === 0) Reflect.deleteProperty(at, key);
    else amount[kind] = wanted;
    return true;
  };
}

function timeLimit(counted: string): Change {
  return (rules, text) => {
    const passing = objectAt(rules, "passing");
    const limits = (passing?.["time_limits"] ?? []) as Json[];
    const of = limits.filter((limit) => (limit["counted_in"] ?? "calendar_days") === counted);
    const days = count(text);
    const [only] = of;
    if (!passing || of.length !== 1 || !only || days === null) return false;
    if (days === 0) passing["time_limits"] = limits.filter((limit) => limit !== only);
    else only["days"] = days;
    return true;
  };
}

/// Where each number of a phase stands in a rule set. A rule that is not there is not made up: it has more to it than its number.
const PLACES: Record<string, Change> = {
  profit_target_pct: share((rules) => objectAt(rules, "passing"), "profit_target"),
  daily_dd_pct: share((rules) => rules, "daily_loss"),
  max_loss_pct: share((rules) => rules, "max_loss"),
  max_daily_profit_pct: share((rules) => rules, "daily_profit_cap"),
  duration_days: timeLimit("calendar_days"),
  max_trading_days: timeLimit("trading_days"),
  min_trading_days: (rules, text) => {
    const days = count(text);
    if (days === null) return false;
    rules["passing"] = { ...objectAt(rules, "passing"), min_trading_days: days };
    return true;
  },
  max_positions: (rules, text) => {
    const conduct = objectAt(rules, "conduct");
    const limit = objectAt(conduct, "max_positions");
    const most = count(text);
    if (!conduct || !limit || most === null) return false;
    if (most === 0) Reflect.deleteProperty(conduct, "max_positions");
    else limit["limit"] = most;
    return true;
  },
};

/// A rule set with the numbers that were changed beside it, and those of them that it has no place for.
export function withNumbers(own: object, values: Values, before: Values): { rules: object; without: string[] } {
  const rules = structuredClone(own) as Json;
  const changed = Object.keys(PLACES).filter((key) => (values[key] ?? "") !== (before[key] ?? ""));
  const without = changed.filter((key) => !PLACES[key]?.(rules, values[key] ?? ""));
  return { rules, without };
}
