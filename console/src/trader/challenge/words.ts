/// What a rule is called where traders look.
const RULES: Record<string, string> = {
  daily_loss: "Daily loss",
  max_loss: "Maximum loss",
  daily_profit_cap: "Daily profit",
  time_limit: "Time limit",
  inactivity: "Inactivity",
  lifetime: "End of the account",
  consistency: "Consistency",
};

/// The one limit that lies above.
export const CEILING = "daily_profit_cap";

export function ruleName(rule: string): string {
  const words = rule.replaceAll("_", " ");
  return RULES[rule] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/// A message of the rules without the code that it begins with.
export function sentenceOf(message: string): string {
  const words = message.replace(/^[a-z_]+: /, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/// What an anchor was taken from.
export const ANCHORS: Record<string, string> = {
  opening: "the beginning of the phase",
  reset: "the beginning of the day",
  staff: "a value that the firm has set",
};

/// What a limit is measured by.
export const MEASURES: Record<string, string> = {
  equity: "equity",
  balance: "balance",
  realised_only: "closed profit",
};

/// A zone is only shown if the browser knows it.
export function knownZone(zone: string | undefined): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}
