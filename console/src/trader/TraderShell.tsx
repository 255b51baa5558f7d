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

export function Component() {
  return <AppShell groups={PLACES} area="Trader" />;
}
