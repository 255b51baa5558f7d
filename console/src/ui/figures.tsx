import type { Amount } from "../format/decimal";
import { sign } from "../format/decimal";
import { grouped, money, percent, signedMoney } from "../format/money";
import { ownZone, timeText, zoneText, type Instant } from "../format/time";

interface MoneyProps {
  amount: Amount | null | undefined;
  currency: string;
  /// Shows a plus too, and colours gains and losses.
  signed?: boolean;
}

export function Money({ amount, currency, signed }: MoneyProps) {
  if (amount === null || amount === undefined) return <Absent />;
  const tone = signed ? ["bad", "", "good"][sign(amount) + 1] : "";
  return (
    <span className={`number ${tone ?? ""}`}>
      {signed ? signedMoney(amount, currency) : money(amount, currency)}{" "}
      <span className="currency">{currency}</span>
    </span>
  );
}

export function Percent({ value, signed }: { value: Amount | null | undefined; signed?: boolean }) {
  if (value === null || value === undefined) return <Absent />;
  const tone = signed ? ["bad", "", "good"][sign(value) + 1] : "";
  return (
    <span className={`number ${tone ?? ""}`}>
      {signed && sign(value) > 0 ? "+" : ""}
      {percent(value)}
    </span>
  );
}

/// Prices and volumes, with as many digits as they came with.
export function Figure({ value, digits }: { value: Amount | null | undefined; digits?: number }) {
  if (value === null || value === undefined) return <Absent />;
  return <span className="number">{grouped(value, digits)}</span>;
}

interface TimeProps {
  at: Instant | null | undefined;
  shape?: Parameters<typeof timeText>[1];
  /// Another zone than the reader's.
  zone?: string;
}

/// In the reader's zone; the exact instant in UTC stands in its title.
export function Time({ at, shape = "minute", zone }: TimeProps) {
  if (at === null || at === undefined || at === 0) return <Absent />;
  const exact = new Date(typeof at === "number" ? at * 1000 : at).toISOString();
  return (
    <time dateTime={exact} title={`${exact} (shown in ${zone ?? ownZone()}, ${zoneText(at, zone)})`} className="number">
      {timeText(at, shape, zone)}
    </time>
  );
}

export function Absent() {
  return (
    <span className="faint">
      <span aria-hidden="true">–</span>
      <span className="unseen">none</span>
    </span>
  );
}
