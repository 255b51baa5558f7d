export interface Month {
  name: string;
  /// From a Monday on: `2026-11-01`, or null before the first.
  cells: (string | null)[];
}

const TWO = (value: number) => String(value).padStart(2, "0");

/// The months that days lie in, the newest first. A trading day has a date and no zone, so all of it is reckoned in UTC.
export function monthsOf(days: string[]): Month[] {
  const keys = [...new Set(days.map((day) => day.slice(0, 7)))].sort().reverse();
  return keys.map((key) => {
    const [year = 0, month = 1] = key.split("-").map(Number);
    const first = new Date(Date.UTC(year, month - 1, 1));
    const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const before = (first.getUTCDay() + 6) % 7;
    return {
      name: first.toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" }),
      cells: [
        ...Array.from({ length: before }, () => null),
        ...Array.from({ length: count }, (_, index) => `${key}-${TWO(index + 1)}`),
      ],
    };
  });
}
