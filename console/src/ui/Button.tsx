import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";

import "./button.css";

type Look = "main" | "plain" | "quiet" | "danger" | "buy" | "sell";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  small?: boolean;
  /// While it is true the button says what goes on, and cannot be pressed again.
  pending?: boolean;
  pendingLabel?: string;
  children: ReactNode;
}

export function Button({ look = "plain", small, pending, pendingLabel, children, ...rest }: Props) {
  const { type = "button", onClick, className = "", ...others } = rest;
  return (
    <button
      {...others}
      // Not `disabled`, which would take the focus away from who pressed it.
      aria-disabled={pending || others["aria-disabled"]}
      type={type}
      className={`button button-${look} ${small ? "button-small" : ""} ${className}`}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {pending && <span className="spinner" aria-hidden="true" />}
      {pending && pendingLabel ? pendingLabel : children}
    </button>
  );
}

interface ButtonLinkProps extends LinkProps {
  look?: Look;
  small?: boolean;
}

/// A link that looks like a button: for where one goes, not for what one does.
export function ButtonLink({ look = "plain", small, className = "", ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={`button button-${look} ${small ? "button-small" : ""} ${className}`} />;
}
