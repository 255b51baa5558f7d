import { useCallback, useState } from "react";

import { useSignedIn } from "../session/SessionContext";
import { AppShell, type NavGroup, type NavItem } from "../shell/AppShell";
import * as Icon from "./icons";
import "./kit/kit.css";
import { OvertakenHost } from "./kit/Overtaken";
import { StaffEvents } from "./live/StaffEvents";
import { SearchDialog } from "./search/SearchDialog";
import { useSlash } from "./search/useSlash";

const place = (to: string, name: string, Mark: typeof Icon.Inbox, permission?: string): NavItem => ({
  to: `/staff${to}`,
  name,
  icon: <Mark aria-hidden="true" />,
  end: to === "",
  permission,
});

const PLACES: NavGroup[] = [
  {
    items: [place("", "Inbox", Icon.Inbox), place("/board", "Live board", Icon.Gauge, "view_accounts")],
  },
  {
    name: "Challenges",
    items: [
      place("/journeys", "Journeys", Icon.Route, "view_journeys"),
      place("/breaches", "Breaches", Icon.ShieldAlert, "view_breaches"),
      place("/payouts", "Payouts", Icon.Banknote, "view_payouts"),
      place("/transactions", "Transactions", Icon.ArrowLeftRight, "view_transactions"),
    ],
  },
  {
    name: "Traders",
    items: [
      place("/customers", "Customers", Icon.Users, "view_customers"),
      place("/accounts", "Accounts", Icon.Wallet, "view_accounts"),
    ],
  },
  {
    name: "Offer",
    items: [
      place("/programs", "Programs", Icon.LayoutGrid, "view_programs"),
      place("/groups", "Groups", Icon.Layers, "view_programs"),
      place("/promo-codes", "Promo codes", Icon.Tag, "view_promotions"),
      place("/news", "News calendar", Icon.CalendarClock, "view_news"),
      place("/agreements", "Agreements", Icon.FileCheck, "view_agreements"),
      place("/mails", "Mails", Icon.Mail, "view_mail"),
    ],
  },
  {
    name: "Firm",
    items: [
      place("/people", "People and roles", Icon.UserCog, "view_staff"),
      place("/tokens", "API tokens", Icon.KeyRound, "view_api_tokens"),
      place("/webhooks", "Webhooks", Icon.Webhook, "view_webhooks"),
      place("/audit", "Audit", Icon.ScrollText, "view_audit"),
      place("/health", "Health", Icon.Activity, "view_feeds"),
      place("/security", "Your sign-in", Icon.LockKeyhole),
    ],
  },
];

export function Component() {
  const { permissions } = useSignedIn();
  const [searches, setSearches] = useState(false);
  const search = useCallback(() => setSearches(true), []);
  useSlash(search);
  const may = (item: NavItem) => !item.permission || (permissions?.includes(item.permission) ?? false);
  return (
    <StaffEvents>
      <OvertakenHost>
        <AppShell groups={PLACES} area="Staff" tools={<SearchButton open={search} />} />
      </OvertakenHost>
      {searches && <SearchDialog close={() => setSearches(false)} pages={PLACES.flatMap((group) => group.items).filter(may)} />}
    </StaffEvents>
  );
}

function SearchButton({ open }: { open: () => void }) {
  return (
    <button type="button" className="search-open" aria-label="Find anything" aria-keyshortcuts="/" onClick={open}>
      <Icon.Search aria-hidden="true" />
      <span className="search-open-name">Find anything</span>
      <kbd aria-hidden="true">/</kbd>
    </button>
  );
}
