const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/// Minutes since Monday began, of `Sun 17:05`.
function minuteOf(text: string): number | null {
  const [, day = "", hour, minute] = /^(\w{3}) (\d{2}):(\d{2})$/.exec(text.trim()) ?? [];
  const place = DAYS.indexOf(day);
  return place < 0 ? null : place * DAY + Number(hour) * 60 + Number(minute);
}

interface Hours {
  /// `Sun 17:05-Mon 16:59`, or `always`.
  sessions: string[];
  zone: string;
}

/// When a market opens next, by the clock of its own zone: `Sun 17:05, New York`. Null where that cannot be told.
export function opensNext({ sessions, zone }: Hours, now: number): string | null {
  const here = minuteOf(clockOf(zone, now) ?? "");
  if (here === null) return null;
  const starts = sessions.flatMap((session) => {
    const text = session.split("-")[0] ?? "";
    const start = minuteOf(text);
    return start === null ? [] : [{ text, left: (start - here + WEEK) % WEEK }];
  });
  const next = starts.sort((a, b) => a.left - b.left)[0];
  const place = zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
  return next ? `${next.text.trim()}, ${place}` : null;
}

function clockOf(zone: string, now: number): string | null {
  try {
    const options = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
    const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(now);
    const part = (type: string) => parts.find((it) => it.type === type)?.value ?? "";
    return `${part("weekday")} ${part("hour")}:${part("minute")}`;
  } catch {
    return null;
  }
}
