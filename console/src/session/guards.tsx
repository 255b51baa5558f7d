import { Navigate, Outlet, useLocation } from "react-router";

import { useSession } from "./SessionContext";

interface Props {
  kind: "customer" | "user";
}

/// Lets the right kind of person in; the others go where they belong, or to the sign-in page and back.
export function Guard({ kind }: Props) {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (!session.signed_in) {
    const back = pathname + search;
    return <Navigate to={back === "/" ? "/sign-in" : `/sign-in?back=${encodeURIComponent(back)}`} replace />;
  }
  if (session.totp_enrollment_required) return <Navigate to="/second-factor" replace />;
  if (session.kind !== kind) return <Navigate to={homeOf(session.kind)} replace />;
  return <Outlet />;
}

/// The page that stands before everything else where a second factor is demanded.
export function EnrolGuard() {
  const session = useSession();
  if (!session.signed_in) return <Navigate to="/sign-in" replace />;
  return session.totp_enrollment_required ? <Outlet /> : <Navigate to={homeOf(session.kind)} replace />;
}

export const homeOf = (kind: "customer" | "user") => (kind === "user" ? "/staff" : "/");

/// Where to go after the sign-in: back, if that is a page of this console and of this kind of person.
export function afterSignIn(kind: "customer" | "user", back: string | null): string {
  const home = homeOf(kind);
  if (!back?.startsWith("/") || back.startsWith("//")) return home;
  return back.startsWith("/staff") === (kind === "user") ? back : home;
}
