import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";

import { EVENT_KINDS } from "../../live/kinds";
import { type LiveState, useStream } from "../../live/useStream";
import { touchedBy } from "./touched";

const Context = createContext<LiveState>("off");

/// Events come in swarms; what they touch is asked for once.
const GATHER = 700;

/// Hears what happens in the brand, and has what is shown of it asked for anew.
export function StaffEvents({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const touched = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => () => clearTimeout(timer.current), []);

  const state = useStream({
    path: "/events/stream",
    events: EVENT_KINDS,
    resume: "last_event_id",
    on: (_, kind) => {
      for (const key of touchedBy(kind)) touched.current.add(key);
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const keys = touched.current;
        touched.current = new Set();
        void queries.invalidateQueries({ predicate: (query) => keys.has(String(query.queryKey[0])) });
      }, GATHER);
    },
  });
  return <Context value={state}>{children}</Context>;
}

export const useStaffLive = () => useContext(Context);
