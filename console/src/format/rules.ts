const OF_MONEY = new Set(["daily_loss", "max_loss", "daily_profit_cap"]);

/// Whether what a rule measures, and its limit, are amounts; others count days, lots or shares.
export const isOfMoney = (rule: string) => OF_MONEY.has(rule);
