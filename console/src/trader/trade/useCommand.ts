import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { ApiError, Unreachable } from "../../api/errors";
import { useOnce } from "../../api/useOnce";
import { Intents } from "../data/keys";
import { account } from "../data/queries";

export type Execution = Schemas["Execution"];

/// Nobody knows whether it was done: sent again under its id, it is done once.
const unknown = (error: unknown) => error instanceof Unreachable || (error instanceof ApiError && error.kind === "OUTCOME_UNKNOWN");

/// Something that the desk is told to do with an account, each time under an id of its own. `what` is the whole of it: sent
/// again under an id, it has to be the same.
export function useCommand<What>(
  login: number,
  send: (what: What, client_order_id: string) => Promise<Execution>,
  done: (result: Execution, what: What) => void,
) {
  const queries = useQueryClient();
  const [intents] = useState(() => new Intents());
  const run = useOnce<Execution, What>({
    mutationFn: (what) => send(what, intents.keyOf(what)),
    onSuccess: (result, what) => done(result, what),
    onSettled: (_, error, what) => {
      if (!unknown(error)) intents.ended(what);
      return Promise.all([
        queries.invalidateQueries({ queryKey: account(login).queryKey }),
        queries.invalidateQueries({ queryKey: ["deals", login] }),
      ]);
    },
  });
  const { variables: tried } = run;
  return {
    start: run.mutate,
    again: tried !== undefined && unknown(run.error) ? () => run.mutate(tried) : undefined,
    /// What goes on, or went on last.
    tried,
    isPending: run.isPending,
    error: run.error,
  };
}
