import { AppShell, type NavGroup } from "../shell/AppShell";
import { LayoutGrid } from "../ui/icons";

const PLACES: NavGroup[] = [
  {
    items: [{ to: "/staff", name: "Overview", icon: <LayoutGrid aria-hidden="true" />, end: true }],
  },
];

export function Component() {
  return <AppShell groups={PLACES} area="Staff" />;
}
