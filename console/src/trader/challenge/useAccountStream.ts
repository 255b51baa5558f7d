import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { noteServerTime } from "../../format/serverClock";
import { useAccountState } from "../../live/EventsContext";
import { account } from "../data/queries";
import type { State } from "./context";
import { type CurvePoint, heardAlso, ofState } from "./curve";

const POLL_EVERY = 4_000;

/// How an account stands, by its stream, or by asking again and again while that fails.
export function useAccountStream(login: number, challengeId: number, running: boolean) {
  const queries = useQueryClient();
  const [heard, setHeard] = useState<{ login: number; points: CurvePoint[] }>({ login, points: [] });
  const before = useRef<State | null>(null);

  const take = useCallback(
    (data: unknown) => {
      const state = data as State;
      if (state.login !== String(login)) return;
      noteServerTime(state.as_of);
      queries.setQueryData(account(login).queryKey, state);
      setHeard((was) => ({ login, points: heardAlso(was.login === login ? was.points : [], ofState(state)) }));
    },
    [queries, login],
  );

  const live = useAccountState(running ? login : null, take);
  const asked = useQuery({ ...account(login), refetchInterval: running && live !== "live" ? POLL_EVERY : false });
  const state = asked.data;

  // What is listed elsewhere has changed when the money has, and everything when the phase is over.
  useEffect(() => {
    if (!state) return;
    if (turned(before.current, state)) void queries.invalidateQueries({ queryKey: ["challenge", challengeId] });
    if (before.current && before.current.balance !== state.balance) {
      void queries.invalidateQueries({ queryKey: ["deals", login] });
    }
    before.current = state;
  }, [queries, state, challengeId, login]);

  // The stream ends with the phase, and what the account came to is told once more.
  useEffect(() => {
    if (!running) void queries.invalidateQueries({ queryKey: account(login).queryKey });
  }, [queries, running, login]);

  return { state: state ?? null, error: asked.error, live, heard: heard.login === login ? heard.points : [] };
}

function turned(before: State | null, now: State): boolean {
  if (!before || before.login !== now.login) return false;
  return before.journey?.status !== now.journey?.status || before.is_traded !== now.is_traded;
}
