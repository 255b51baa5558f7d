const OF_MONEY = new Set(["daily_loss", "max_loss", "daily_profit_cap"]);
const OF_DAYS = new Set(["time_limit", "inactivity", "lifetime"]);

/// Whether what a rule measures, and its limit, are amounts; others count days, lots or shares.
export const isOfMoney = (rule: string) => OF_MONEY.has(rule);

/// Whether they are days.
export const isOfDays = (rule: string) => OF_DAYS.has(rule);
