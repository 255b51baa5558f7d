import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { moneyText } from "../../format/money";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import { freshKey } from "../data/keys";

type Addon = Schemas["ChallengeAddon"];

/// What the challenge has beside its program, and what can still be bought for it from the wallet that paid.
export function Addons({ challengeId, payer }: { challengeId: number; payer: number }) {
  const [wanted, setWanted] = useState<(Addon & { key: string }) | null>(null);
  const queries = useQueryClient();
  const tell = useToast();
  const list = useQuery({
    queryKey: ["challenge", challengeId, "addons"],
    queryFn: ({ signal }) => ask(api.GET("/prop/challenges/{id}/addons", { params: { path: { id: challengeId } }, signal })),
  });
  const buy = useOnce({
    mutationFn: ({ code, key }: { code: string; key: string }) =>
      ask(
        api.POST("/prop/challenge/addon/buy", {
          body: { challenge_id: challengeId, payer_login: payer, addon_code: code, idempotency_key: key },
        }),
      ),
    onSuccess: async () => {
      tell("The add-on holds from now on");
      setWanted(null);
      await queries.invalidateQueries({ queryKey: ["challenge", challengeId] });
    },
  });
  if (!list.data || list.data.addons.length === 0) return <ErrorNote error={list.error} retry={() => void list.refetch()} />;
  const has = new Set(list.data.addon_codes);
  const columns: Column<Addon>[] = [
    { name: "Add-on", lead: true, cell: (it) => it.name },
    { name: "Price", number: true, cell: (it) => <Money amount={it.price} currency={it.currency} /> },
    { name: "State", cell: (it) => (has.has(it.code) ? <Badge tone="good">Yours</Badge> : <span className="soft">{it.message}</span>) },
    {
      name: "Buy",
      silent: true,
      cell: (it) =>
        it.can_buy &&
        payer > 0 && (
          <Button small onClick={() => setWanted({ ...it, key: freshKey() })}>
            Buy
          </Button>
        ),
    },
  ];
  return (
    <Panel title="Add-ons" flush>
      <Table label="Add-ons" columns={columns} rows={list.data.addons} rowKey={(it) => it.code} />
      {wanted && (
        <Dialog
          open
          title={`Buy “${wanted.name}”?`}
          close={() => setWanted(null)}
          busy={buy.isPending}
          actions={
            <>
              <Button onClick={() => setWanted(null)}>Not now</Button>
              <Button look="main" pending={buy.isPending} pendingLabel="Buying…" onClick={() => buy.mutate(wanted)}>
                Pay {moneyText(wanted.price, wanted.currency)}
              </Button>
            </>
          }
        >
          <p>It is paid from wallet {payer}, and holds from that instant on.</p>
          <ErrorNote error={buy.error} />
        </Dialog>
      )}
    </Panel>
  );
}
