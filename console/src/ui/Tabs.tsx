import { NavLink } from "react-router";

import "./tabs.css";

export interface Tab {
  to: string;
  name: string;
  /// Only where the path is this one exactly.
  end?: boolean;
}

/// Tabs are links, so that each has an address, and the browser's buttons work.
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <NavLink key={tab.to} to={tab.to} end={tab.end} preventScrollReset className="tab">
          {tab.name}
        </NavLink>
      ))}
    </nav>
  );
}
