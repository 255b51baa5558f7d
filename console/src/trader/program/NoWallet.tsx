import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Note } from "../../ui/Note";

interface Props {
  currency: string;
  programId: number;
  /// Nothing is paid, and a challenge begins from a wallet all the same.
  free: boolean;
}

/// Who has no wallet that can pay, be he new or not: one click opens it.
export function NoWallet({ currency, programId, free }: Props) {
  const queries = useQueryClient();
  const groups = useQuery({
    queryKey: ["groups"],
    queryFn: ({ signal }) => ask(api.GET("/customer/account/groups", { signal })),
  });
  const group = groups.data?.rows.find((row) => row.account_mode === "REAL" && row.currency === currency && row.available);
  const open = useOnce({
    mutationFn: (name: string) => ask(api.POST("/customer/account/open", { body: { group: name } })),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["payers", programId] }),
        queries.invalidateQueries({ queryKey: ["accounts"] }),
      ]),
  });
  return (
    <Note title={`You have no open wallet in ${currency}`}>
      <p>
        {free
          ? "A free challenge begins from a wallet, too, and takes nothing from it."
          : "A wallet holds money that challenges are paid from. You can pay at the cashier without one, too."}
      </p>
      <ErrorNote error={groups.error} retry={() => void groups.refetch()} />
      {groups.data && !group && <p>You cannot open one yourself: ask the firm for it.</p>}
      <ErrorNote error={open.error} />
      {group && (
        <div>
          <Button small pending={open.isPending} pendingLabel="Opening…" onClick={() => open.mutate(group.group)}>
            Open a wallet in {currency}
          </Button>
        </div>
      )}
    </Note>
  );
}
