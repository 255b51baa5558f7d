import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Schemas } from "../../api/client";
import { ApiError, Unreachable } from "../../api/errors";
import { freshKey } from "../data/keys";
import { account } from "../data/queries";

export type Execution = Schemas["Execution"];

/// Nobody knows whether it was done: sent again under its id, it is done once.
const unknown = (error: unknown) => error instanceof Unreachable || (error instanceof ApiError && error.kind === "OUTCOME_UNKNOWN");

/// Something that the desk is told to do with an account, each time under an id of its own.
export function useCommand<What>(
  login: number,
  send: (what: What, client_order_id: string) => Promise<Execution>,
  done: (result: Execution, what: What) => void,
) {
  const queries = useQueryClient();
  const run = useMutation({
    mutationFn: ({ what, key }: { what: What; key: string }) => send(what, key),
    onSuccess: (result, { what }) => done(result, what),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: account(login).queryKey }),
        queries.invalidateQueries({ queryKey: ["deals", login] }),
      ]),
  });
  const tried = run.variables;
  return {
    start: (what: What) => {
      if (!run.isPending) run.mutate({ what, key: freshKey() });
    },
    again: tried && unknown(run.error) ? () => run.mutate(tried) : undefined,
    /// What goes on, or went on last.
    tried: tried?.what,
    isPending: run.isPending,
    error: run.error,
  };
}
