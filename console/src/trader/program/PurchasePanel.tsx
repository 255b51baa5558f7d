import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import type { Schemas } from "../../api/client";
import { sign } from "../../format/decimal";
import { moneyText } from "../../format/money";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { CheckField, Field, Select } from "../../ui/Field";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { agreements, payers } from "../data/queries";
import { AgreementsNote } from "./AgreementsNote";
import { BoughtDialog } from "./BoughtDialog";
import { NoWallet } from "./NoWallet";
import { PayDialog } from "./PayDialog";
import { listPrice, mayPay, toldPrice } from "./price";
import { PriceLines } from "./PriceLines";
import { useEnrol, useOrder, usePreview, usePurchase } from "./useOrder";

interface Props {
  program: Schemas["ProgramObject"];
  template: Schemas["ChallengeOffer"] | undefined;
}

/// What it costs from which wallet, and the two ways to begin.
export function PurchasePanel({ program, template }: Props) {
  const wallets = useQuery(payers(program.id));
  const asked = useQuery(agreements);
  const order = useOrder(program.id);
  const rows = wallets.data?.rows.filter(mayPay) ?? [];
  const payer = order.payer ?? rows.find((row) => row.eligible)?.login ?? rows[0]?.login;
  const preview = usePreview(order, payer);
  const buy = usePurchase(order.renew);
  const enrol = useEnrol();
  const [promo, setPromo] = useState("");
  const agreed = asked.data?.all_accepted ?? true;
  const addons = template?.addons ?? [];
  const clash = new Set(addons.filter((it) => order.addons.includes(it.code)).flatMap((it) => it.conflicts_with));
  const applied = promo.trim() === order.promo;
  const apply = () => order.choosePromo(promo.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply();
  };
  const { price_currency: currency } = program;
  const full = listPrice(program, addons, order.addons);
  const free = sign(full) === 0;
  // What is bought is what the price was told for, so that nothing is sold that was not looked at.
  const told = preview.isPlaceholderData || preview.error ? undefined : preview.data;
  const known = toldPrice(told, rows.find((row) => row.login === payer)?.currency, currency);
  const price = known ?? full;
  const refused = told !== undefined && "reason" in told && told.reason.startsWith("PROMO_CODE_");
  const ready = applied && agreed && payer !== undefined && told?.can_buy === true;

  return (
    <Panel title="Begin" className="purchase">
      <div className="form">
        {wallets.isPending && <Skeleton lines={2} />}
        <ErrorNote error={wallets.error} retry={() => void wallets.refetch()} />
        {wallets.data && rows.length === 0 && <NoWallet currency={currency} programId={program.id} free={free} />}
        {rows.length > 0 && (
          <Select label="Pay from wallet" value={payer} onChange={(event) => order.choosePayer(Number(event.target.value))}>
            {rows.map((row) => (
              <option key={row.login} value={row.login}>
                {row.login} · {moneyText(row.balance, row.currency)}
              </option>
            ))}
          </Select>
        )}
        {addons.length > 0 && (
          <fieldset className="addons">
            <legend>Add-ons</legend>
            {addons.map((addon) => (
              <CheckField
                key={addon.code}
                label={addon.name}
                hint={`+ ${moneyText(addon.fee_amount, currency)}`}
                checked={order.addons.includes(addon.code)}
                disabled={clash.has(addon.code) && !order.addons.includes(addon.code)}
                onChange={(event) => order.chooseAddon(addon.code, event.target.checked)}
              />
            ))}
          </fieldset>
        )}
        {!free && (
          <form className="promo" onSubmit={submit}>
            <Field
              label="Promotion code"
              value={promo}
              autoComplete="off"
              onChange={(event) => setPromo(event.target.value)}
              onBlur={apply}
            />
            <Button type="submit" disabled={applied}>
              Apply
            </Button>
          </form>
        )}
        <PriceLines preview={preview} price={price} currency={currency} />
        {!agreed && asked.data && <AgreementsNote items={asked.data.items} />}
        <ErrorNote error={buy.error ?? enrol.error} />
        {payer !== undefined && (
          <Button
            look="main"
            pending={buy.isPending}
            pendingLabel="Buying…"
            disabled={!ready}
            onClick={() => ready && buy.mutate({ order, payer })}
          >
            {free ? "Begin now" : "Buy from the wallet"}
          </Button>
        )}
        {!free && template && (
          <Button
            pending={enrol.isPending}
            pendingLabel="Enrolling…"
            disabled={!agreed || !applied || refused}
            onClick={() => enrol.mutate({ template: template.template_id, addons: order.addons, promo: order.promo })}
          >
            Enrol and pay at the cashier: {moneyText(price, currency)}
          </Button>
        )}
        {!free && order.promo && !refused && known === undefined && (
          <p className="small soft">Your code is taken off when you have enrolled, before you pay anything.</p>
        )}
      </div>
      {buy.bought && <BoughtDialog key={buy.bought.purchase.id} bought={buy.bought} />}
      {enrol.data && (
        <PayDialog
          transaction={enrol.data.pending_tx_id}
          journey={enrol.data.journey_id}
          amount={enrol.data.fee_amount}
          currency={enrol.data.fee_currency}
          promoted={enrol.data.promoted}
          close={enrol.reset}
        />
      )}
    </Panel>
  );
}
