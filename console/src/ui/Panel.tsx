import { type ReactNode, useId } from "react";

import "./panel.css";

interface Props {
  title?: ReactNode;
  /// Beside the title: a mark, a link, a button.
  aside?: ReactNode;
  /// No room around what is in it, for tables.
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, aside, flush, className = "", children }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={title ? id : undefined}>
      {(title || aside) && (
        <header className="panel-head">
          {title && <h2 id={id}>{title}</h2>}
          {aside && <div className="panel-aside">{aside}</div>}
        </header>
      )}
      <div className={flush ? "panel-flush" : "panel-body"}>{children}</div>
    </section>
  );
}

interface FactProps {
  label: string;
  children: ReactNode;
  /// A second line under the figure.
  note?: ReactNode;
}

/// A figure with its name; several stand in `<Facts>`.
export function Fact({ label, children, note }: FactProps) {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
      {note && <dd className="fact-note">{note}</dd>}
    </div>
  );
}

export function Facts({ children, wide }: { children: ReactNode; wide?: boolean }) {
  return <dl className={`facts ${wide ? "facts-wide" : ""}`}>{children}</dl>;
}
