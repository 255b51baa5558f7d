import { type Amount, isDecimal, sign } from "./decimal";

const MINUS = "\u2212";

const digitsOf = new Map<string, number>();

export function minorDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  let digits = 2;
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    // A currency of the house's own, which the browser does not know.
  }
  digitsOf.set(currency, digits);
  return digits;
}

/// Groups the digits before the point, and keeps at least `digits` behind it. What is there is never rounded.
export function grouped(amount: Amount, digits = 0): string {
  const text = String(amount);
  if (!isDecimal(text)) return text;
  const [whole = "0", part = ""] = text.replace(/^[+-]/, "").split(".");
  const shown = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const behind = part.replace(/0+$/, "").padEnd(digits, "0");
  return `${sign(amount) < 0 ? MINUS : ""}${shown}${behind ? `.${behind}` : ""}`;
}

/// The digits of an amount without its currency: `-1234.5` of USD is `−1,234.50`.
export const money = (amount: Amount, currency: string) => grouped(amount, minorDigits(currency));

/// With the sign told also when it is a plus, for gains and losses.
export function signedMoney(amount: Amount, currency: string): string {
  return `${sign(amount) > 0 ? "+" : ""}${money(amount, currency)}`;
}

/// For words and labels, where no element can stand.
export const moneyText = (amount: Amount, currency: string) => `${money(amount, currency)} ${currency}`;

/// Large round sizes as people say them: `100000` is `100K`.
export function shortSize(amount: Amount): string {
  const text = String(amount).replace(/\.0+$/, "");
  if (/^\d+000000$/.test(text)) return `${text.slice(0, -6)}M`;
  if (/^\d+000$/.test(text)) return `${text.slice(0, -3)}K`;
  return grouped(text);
}

export function percent(value: Amount): string {
  const text = String(value);
  if (!isDecimal(text)) return `${text} %`;
  return `${grouped(text)} %`;
}
