import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

import { dueForRenewal, hearSession, loadSession, renewOnce, type Session, type SignedIn } from "../api/session";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";

const Context = createContext<Session | null>(null);

const LOOK_EVERY = 20_000;

/// Knows who is signed in, and keeps the session alive while a page is open.
export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const queries = useQueryClient();

  useEffect(() => {
    let who: string | null = null;
    const stop = hearSession((next) => {
      const now = next.signed_in ? next.session_id : null;
      // Nothing that one person has seen is left for the next.
      if (who !== null && who !== now) queries.clear();
      who = now;
      setSession(next);
    });
    loadSession().catch(setFailure);
    return () => void stop();
  }, [queries]);

  useEffect(() => {
    if (!session?.signed_in) return;
    const heard = Date.now();
    const look = () => {
      if (dueForRenewal(session, heard, Date.now())) renewOnce().catch(() => undefined);
    };
    const timer = setInterval(look, LOOK_EVERY);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [session]);

  if (session) return <Context value={session}>{children}</Context>;
  if (!failure) return <Loading label="Opening the console" />;
  const again = () => {
    setFailure(null);
    loadSession().catch(setFailure);
  };
  return (
    <main className="alone">
      <ErrorNote error={failure} retry={again} />
    </main>
  );
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("there is no SessionProvider above");
  return session;
}

/// For pages behind a guard, where somebody is signed in.
export function useSignedIn(): SignedIn {
  const session = useSession();
  if (!session.signed_in) throw new Error("this page stands behind no guard");
  return session;
}

/// Whether staff may do this. The server decides; this only leaves out what it would refuse.
export function usePermission(permission: string): boolean {
  const session = useSession();
  return session.signed_in && (session.permissions?.includes(permission) ?? false);
}
