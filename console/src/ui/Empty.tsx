import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
  /// What to do next: a button or a link.
  action?: ReactNode;
}

export function Empty({ title, children, action }: Props) {
  return (
    <div className="empty">
      <h3>{title}</h3>
      {children && <p className="soft">{children}</p>}
      {action}
    </div>
  );
}
