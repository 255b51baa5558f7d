/// An amount as the server tells it: a string in Slate's answers, a number in ScaleTrade's.
export type Amount = string | number;

/// Whole units and how many of their digits stand behind the point. Nothing here is ever a float.
interface Decimal {
  units: bigint;
  scale: number;
}

function read(amount: Amount): Decimal {
  const text = String(amount);
  const found = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!found) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole = "0", part = ""] = found;
  const units = BigInt(whole + part);
  return { units: sign === "-" ? -units : units, scale: part.length };
}

function write({ units, scale }: Decimal): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function alike(a: Amount, b: Amount): [bigint, bigint, number] {
  const [left, right] = [read(a), read(b)];
  const scale = Math.max(left.scale, right.scale);
  const grown = (it: Decimal) => it.units * 10n ** BigInt(scale - it.scale);
  return [grown(left), grown(right), scale];
}

export function plus(a: Amount, b: Amount): string {
  const [left, right, scale] = alike(a, b);
  return write({ units: left + right, scale });
}

export function minus(a: Amount, b: Amount): string {
  const [left, right, scale] = alike(a, b);
  return write({ units: left - right, scale });
}

export function compare(a: Amount, b: Amount): -1 | 0 | 1 {
  const [left, right] = alike(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function half(a: Amount): string {
  const { units, scale } = read(a);
  return write({ units: units * 5n, scale: scale + 1 });
}

/// So many percent of it, rounded half away from zero to `digits` behind the point, as the server does.
export function percentOf(a: Amount, percent: Amount, digits: number): string {
  const [amount, part] = [read(a), read(percent)];
  const product = amount.units * part.units * 10n ** BigInt(digits);
  const one = 100n * 10n ** BigInt(amount.scale + part.scale);
  const away = product < 0n ? -one : one;
  return write({ units: (2n * product + away) / (2n * one), scale: digits });
}

/// As many whole steps as fit into it.
export function inSteps(a: Amount, step: Amount): string {
  const [units, one, scale] = alike(a, step);
  const { scale: shown } = read(step);
  const whole = one === 0n ? units : units - (units % one);
  return write({ units: whole / 10n ** BigInt(scale - shown), scale: shown });
}

export const sign = (a: Amount) => compare(a, "0");

export const isDecimal = (text: string) => /^[+-]?\d+(\.\d+)?$/.test(text);

/// For pictures only: bars and lines are drawn with floats, amounts are never shown from them.
export const forDrawing = (a: Amount) => Number(a);

/// How much of `whole` is `part`, between 0 and 1, for a bar.
export function share(part: Amount, whole: Amount): number {
  const all = forDrawing(whole);
  if (all === 0) return 0;
  return Math.min(1, Math.max(0, forDrawing(part) / all));
}
