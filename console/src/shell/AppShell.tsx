import { type ReactNode, useEffect, useRef } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation } from "react-router";

import { useSignedIn } from "../session/SessionContext";
import { Button } from "../ui/Button";
import { Menu, X } from "../ui/icons";
import { Person } from "./Person";
import "./shell.css";

export interface NavItem {
  to: string;
  name: string;
  icon: ReactNode;
  end?: boolean;
  /// For staff: it is left out without this permission.
  permission?: string;
}

export interface NavGroup {
  name?: string;
  items: NavItem[];
}

interface Props {
  groups: NavGroup[];
  area: string;
  /// Stands above the places, and in the head of the page on a phone.
  tools?: ReactNode;
}

/// The frame around every page behind the sign-in: where one can go, and who one is.
export function AppShell({ groups, area, tools }: Props) {
  const drawer = useRef<HTMLDialogElement>(null);
  const { pathname } = useLocation();

  useEffect(() => drawer.current?.close(), [pathname]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="shell-top">
        <Brand area={area} />
        {tools}
        <Button look="quiet" aria-label="Menu" onClick={() => drawer.current?.showModal()}>
          <Menu aria-hidden="true" />
        </Button>
      </header>
      <aside className="shell-side">
        <Brand area={area} />
        {tools}
        <Places groups={groups} />
        <Person />
      </aside>
      <dialog ref={drawer} className="shell-drawer" aria-label="Menu">
        <div className="row row-apart">
          <Brand area={area} />
          <Button look="quiet" aria-label="Close the menu" onClick={() => drawer.current?.close()}>
            <X aria-hidden="true" />
          </Button>
        </div>
        <Places groups={groups} />
        <Person />
      </dialog>
      <main id="main" className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}

function Brand({ area }: { area: string }) {
  const { brand, kind } = useSignedIn();
  return (
    <Link to={kind === "user" ? "/staff" : "/"} className="brand">
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width="28" height="28" />
      <span className="brand-words">
        Touchstone
        <span className="brand-area">
          {brand} · {area}
        </span>
      </span>
    </Link>
  );
}

function Places({ groups }: { groups: NavGroup[] }) {
  const { permissions } = useSignedIn();
  const may = (item: NavItem) => !item.permission || (permissions?.includes(item.permission) ?? false);
  return (
    <nav aria-label="Main" className="places">
      {groups.map((group) => {
        const items = group.items.filter(may);
        if (items.length === 0) return null;
        return (
          <div key={group.name ?? "main"} className="places-group">
            {group.name && <p className="places-name">{group.name}</p>}
            <ul>
              {items.map((item) => (
                <li key={item.to}>
                  <NavLink to={item.to} end={item.end} className="place">
                    {item.icon}
                    {item.name}
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
