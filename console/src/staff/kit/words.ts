import { words } from "../../format/words";

export { words };

const RULES: Record<string, string> = {
  daily_loss: "Daily loss",
  max_loss: "Maximum loss",
  inactivity: "Inactivity",
  time_limit: "Time limit",
};

/// Where a line of a generated text belongs: `conduct.max_positions` is about `Max positions`.
export const placeName = (place: string) => ruleName(place.replace(/^conduct\./, ""));

export const ruleName = (rule: string) => RULES[rule] ?? words(rule);

/// A value of any shape in one line, for tables of changes.
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return value === "" ? "empty" : value;
  if (typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, one]) => `${words(name)}: ${valueText(one)}`);
  return parts.length === 0 ? "empty" : parts.join(", ");
}

/// The first part of a UUID, where only the difference to another matters.
export const shortId = (id: string) => id.slice(0, 8);
