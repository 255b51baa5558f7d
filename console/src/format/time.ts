/// An instant as the server tells it: RFC 3339 in Slate's answers, unix seconds in ScaleTrade's.
export type Instant = string | number;

export const millis = (at: Instant) => (typeof at === "number" ? at * 1000 : Date.parse(at));

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

type Shape = "day" | "date" | "minute" | "second" | "fraction" | "seconds" | "clock" | "weekday";

const SHAPES: Record<Shape, Intl.DateTimeFormatOptions> = {
  day: { year: "numeric", month: "short", day: "numeric" },
  minute: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  second: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  fraction: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  date: { month: "short", day: "numeric" },
  seconds: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit" },
  weekday: { weekday: "short", hour: "2-digit", minute: "2-digit" },
};

export function timeText(at: Instant, shape: Shape = "minute", zone?: string): string {
  const options = { ...SHAPES[shape], hourCycle: "h23" as const, timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", options).format(millis(at));
}

/// `UTC`, `GMT+2`, `EST`: what a clock there calls its zone at that instant.
export function zoneText(at: Instant, zone?: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" });
  return format.formatToParts(millis(at)).find((part) => part.type === "timeZoneName")?.value ?? "";
}

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/// The two largest parts of what is left: `3 h 12 min`. Nothing is left below zero.
export function leftText(milliseconds: number): string {
  let rest = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: string[] = [];
  for (const [name, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0 || (name === "s" && parts.length === 0)) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/// `2 min ago`, for what has happened.
export function agoText(at: Instant, now: number): string {
  const passed = now - millis(at);
  return passed < 5_000 ? "just now" : `${leftText(passed)} ago`;
}
