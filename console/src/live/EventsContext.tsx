import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

import { EVENT_KINDS, subjectOf } from "./kinds";
import { type LiveState, useStream } from "./useStream";

/// What a page wants beside the events.
interface Wish {
  /// An account whose state is told.
  login?: number;
  /// Symbols whose quotes are told.
  symbols?: string[];
  on: (data: unknown) => void;
}

interface Events {
  live: LiveState;
  wish: (wish: Wish) => () => void;
}

const Context = createContext<Events | null>(null);

const HEARD = ["ready", "state", "quotes", ...EVENT_KINDS];

interface Props {
  /// The first word of a kind, and the queries whose answers it makes old.
  stale: Record<string, string[]>;
  children: ReactNode;
}

/// One connection for everything that lives in an area: browsers open few to a server.
export function EventsProvider({ stale, children }: Props) {
  const queries = useQueryClient();
  const [wishes, setWishes] = useState<Wish[]>([]);
  const wish = useCallback((it: Wish) => {
    setWishes((all) => [...all, it]);
    return () => setWishes((all) => all.filter((one) => one !== it));
  }, []);

  const renew = (keys: string[]) => {
    for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
  };
  const live = useStream({
    path: pathOf(wishes),
    events: HEARD,
    resume: "last_event_id",
    on: (data, kind) => {
      if (kind === "state") for (const it of wishes) if (it.login) it.on(data);
      if (kind === "quotes") for (const it of wishes) if (it.symbols) it.on(data);
      renew(stale[subjectOf(kind)] ?? []);
    },
  });
  const value = useMemo(() => ({ live, wish }), [live, wish]);
  return <Context value={value}>{children}</Context>;
}

function pathOf(wishes: Wish[]): string {
  const query = new URLSearchParams();
  const login = wishes.find((it) => it.login)?.login;
  const symbols = [...new Set(wishes.flatMap((it) => it.symbols ?? []))].sort();
  if (login) query.set("login", String(login));
  if (symbols.length > 0) query.set("symbols", symbols.join(","));
  return `/events/stream${query.size > 0 ? `?${query}` : ""}`;
}

function useEvents(): Events {
  const events = useContext(Context);
  if (!events) throw new Error("there is no EventsProvider above");
  return events;
}

/// Hears how an account stands, while `login` is one.
export function useAccountState(login: number | null, on: (data: unknown) => void): LiveState {
  return useWish(login === null ? null : String(login), () => ({ login: login ?? 0 }), on);
}

/// Hears those quotes that have changed.
export function useChangedQuotes(symbols: string[], on: (data: unknown) => void): LiveState {
  const names = symbols.join(",");
  return useWish(names || null, () => ({ symbols: names.split(",") }), on);
}

function useWish(key: string | null, make: () => Omit<Wish, "on">, on: Wish["on"]): LiveState {
  const { live, wish } = useEvents();
  const latest = useRef({ make, on });
  useEffect(() => {
    latest.current = { make, on };
  });
  useEffect(() => {
    if (key === null) return;
    return wish({ ...latest.current.make(), on: (data) => latest.current.on(data) });
  }, [key, wish]);
  return key === null ? "off" : live;
}
