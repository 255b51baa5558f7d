import type { ReactNode } from "react";

import { ThemeSwitch } from "../shell/ThemeSwitch";
import "../ui/field.css";
import "./welcome.css";

/// The frame of the pages before the sign-in.
export function Welcome({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="welcome">
      <header className="welcome-head">
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width="36" height="36" />
        <p className="welcome-name">Touchstone</p>
        <ThemeSwitch />
      </header>
      <main className="welcome-main">
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}
