import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { api, ask } from "../../api/client";
import { shortId } from "./words";

const NAMES_STAY = 600_000;

/// A customer by name, leading to his page. Where a list does not tell the name, it is asked for once.
export function CustomerLink({ id, name, email }: { id: string; name?: string; email?: string }) {
  const found = useQuery({
    queryKey: ["customer", id],
    queryFn: ({ signal }) => ask(api.GET("/customers/{customer_id}", { params: { path: { customer_id: id } }, signal })),
    enabled: !name && !email,
    staleTime: NAMES_STAY,
  });
  return (
    <span className="two-lines">
      <Link to={`/staff/customers/${id}`}>{name || email || found.data?.full_name || shortId(id)}</Link>
      {name && email && <span className="small soft">{email}</span>}
    </span>
  );
}

export function AccountLink({ login }: { login: string | null | undefined }) {
  if (!login) return <span className="faint">none</span>;
  return (
    <Link to={`/staff/accounts/${login}`} className="number">
      {login}
    </Link>
  );
}

/// Anything of JSON, for those who look closer.
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reached by keys
    <pre className="json" tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}

export function TwoLines({ first, second }: { first: ReactNode; second: ReactNode }) {
  return (
    <span className="two-lines">
      <span>{first}</span>
      <span className="small soft">{second}</span>
    </span>
  );
}

interface MeterProps {
  /// From 0 to 1.
  value: number;
  tone?: "good" | "warn" | "bad";
}

/// A bar beside a figure that says the same.
export function Meter({ value, tone }: MeterProps) {
  return (
    <span className="meter" data-tone={tone} aria-hidden="true">
      <span style={{ width: `${Math.round(Math.min(1, Math.max(0, value)) * 100)}%` }} />
    </span>
  );
}
