import { type ReactNode, useEffect, useRef } from "react";
import { Link, useNavigationType } from "react-router";

import { ArrowLeft } from "../ui/icons";

interface Props {
  title: string;
  /// Beside the title, such as a status.
  mark?: ReactNode;
  intro?: ReactNode;
  /// The page above this one.
  up?: { to: string; name: string };
  actions?: ReactNode;
  children: ReactNode;
}

let first = true;

/// A page: names the window, and takes the focus to its heading when one comes here from another.
export function Page({ title, mark, intro, up, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const how = useNavigationType();

  useEffect(() => {
    document.title = `${title} · Touchstone`;
  }, [title]);

  useEffect(() => {
    // The page that was opened first leaves the focus where the browser has put it.
    if (!first) heading.current?.focus({ preventScroll: how === "POP" });
    first = false;
  }, [how]);

  return (
    <div className="page">
      <header className="page-head">
        <div className="page-words">
          {up && (
            <Link to={up.to} className="page-up">
              <ArrowLeft aria-hidden="true" />
              {up.name}
            </Link>
          )}
          <div className="row">
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {mark}
          </div>
          {intro && <div className="page-intro">{intro}</div>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
