import { EventsProvider } from "../live/EventsContext";
import { AppShell, type NavGroup } from "../shell/AppShell";
import { Award, Banknote, LayoutGrid, Target, Wallet } from "../ui/icons";

const PLACES: NavGroup[] = [
  {
    items: [
      { to: "/", name: "Programs", icon: <LayoutGrid aria-hidden="true" />, end: true },
      { to: "/challenges", name: "My challenges", icon: <Target aria-hidden="true" /> },
      { to: "/payouts", name: "Payouts", icon: <Banknote aria-hidden="true" /> },
      { to: "/certificates", name: "Certificates", icon: <Award aria-hidden="true" /> },
      { to: "/account", name: "Account", icon: <Wallet aria-hidden="true" /> },
    ],
  },
];

/// What each kind of event makes old.
const STALE: Record<string, string[]> = {
  purchase: ["journeys", "payers", "accounts", "purchases"],
  challenge: ["journeys", "challenge", "purchases", "certificates", "eligibility"],
  account: ["account", "challenge"],
  breach: ["journeys", "challenge", "breach"],
  payout: ["payouts", "eligibility", "certificates", "account"],
  transaction: ["journeys", "payers", "accounts"],
  customer: ["kyc", "eligibility"],
};

export function Component() {
  return (
    <EventsProvider stale={STALE}>
      <AppShell groups={PLACES} area="Trader" />
    </EventsProvider>
  );
}
