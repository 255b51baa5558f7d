/// `max_loss`, `ChallengeFee` and `payout.approve` as people read them: `Max loss`, `Challenge fee`, `Payout approve`.
export function words(name: string): string {
  const text = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_.-]+/g, " ")
    .trim()
    .toLowerCase();
  const told = text.replace(/\b(kyc|api|totp|url|id)\b/g, (it) => SHORT[it] ?? it);
  return told.charAt(0).toUpperCase() + told.slice(1);
}

const SHORT: Record<string, string> = { kyc: "KYC", api: "API", totp: "second factor", url: "URL", id: "ID" };
