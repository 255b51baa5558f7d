import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { ApiError, Unreachable } from "../../api/errors";
import { grouped, moneyText } from "../../format/money";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field, Select } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import type { State } from "../challenge/context";
import { freshKey } from "../data/keys";
import { account } from "../data/queries";
import type { Quote } from "./useQuotes";

type Side = "buy" | "sell";
type Kind = "market" | "limit" | "stop";

interface Props {
  instrument: Schemas["InstrumentObject"];
  quote: Quote | undefined;
  state: State;
}

/// Margin moves with the price, and each look is a request.
const LOOK_EVERY = 5_000;

const decimal = (text: string) => text.trim().replace(",", ".") || null;

/// One order: how much of what, at which price, and where it is to end.
export function OrderTicket({ instrument, quote, state }: Props) {
  const { symbol, digits, min_lot: least, lot_step: step, max_lot: most } = instrument;
  const [volume, setVolume] = useState("1");
  const [kind, setKind] = useState<Kind>("market");
  const [price, setPrice] = useState("");
  const [stop, setStop] = useState("");
  const [goal, setGoal] = useState("");
  const queries = useQueryClient();
  const tell = useToast();
  const login = Number(state.login);

  const order = (side: Side) => ({
    symbol,
    side,
    type: kind,
    volume: decimal(volume) ?? "0",
    price: kind === "market" ? null : decimal(price),
    stop_loss: decimal(stop),
    take_profit: decimal(goal),
  });
  // The margin is the same to buy and to sell; what stands in the way of the one mostly stands in that of the other.
  const look = useQuery({
    queryKey: ["preflight", login, symbol, volume, kind, price],
    queryFn: ({ signal }) =>
      ask(
        api.POST("/orders/preflight", {
          params: { header: { "X-Customer-Login": login } },
          body: { symbol, action: "open", side: "buy", type: kind, volume: decimal(volume), price: order("buy").price },
          signal,
        }),
      ),
    enabled: decimal(volume) !== null && (kind === "market" || decimal(price) !== null),
    placeholderData: (before) => before,
    refetchInterval: LOOK_EVERY,
    retry: false,
  });
  const place = useMutation({
    mutationFn: ({ side, key }: { side: Side; key: string }) =>
      ask(api.POST("/accounts/{login}/orders", { params: { path: { login } }, body: { ...order(side), client_order_id: key } })),
    onSuccess: (done, { side }) => {
      const deal = done.deals[0];
      const words = side === "buy" ? "Bought" : "Sold";
      if (deal?.price) tell(`${words} ${volume} ${symbol} at ${grouped(deal.price)}`);
      else tell(done.status === "waiting" ? `The order waits for its price` : `The order is ${done.status}`);
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: account(login).queryKey }),
        queries.invalidateQueries({ queryKey: ["deals", login] }),
      ]),
  });
  const send = (side: Side) => {
    if (!place.isPending) place.mutate({ side, key: freshKey() });
  };
  const tried = place.variables;
  const again = tried && unknown(place.error) ? () => place.mutate(tried) : undefined;
  const shown = (value: string | null | undefined) => (value ? grouped(value, digits) : "no price");
  const submit = (event: FormEvent) => event.preventDefault();

  return (
    <Panel title={`Trade ${symbol}`} aside={<span className="small soft">{instrument.display_name}</span>}>
      <form className="form" onSubmit={submit}>
        <div className="form-row">
          <Field
            label="Volume in lots"
            inputMode="decimal"
            value={volume}
            onChange={(event) => setVolume(event.target.value)}
            hint={`${grouped(least)} to ${grouped(most)}, in steps of ${grouped(step)}`}
          />
          <Select label="Order" value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
            <option value="market">At the market</option>
            <option value="limit">Limit</option>
            <option value="stop">Stop</option>
          </Select>
          {kind !== "market" && (
            <Field label="Price" inputMode="decimal" value={price} required onChange={(event) => setPrice(event.target.value)} />
          )}
        </div>
        <div className="form-row">
          <Field label="Stop loss" inputMode="decimal" value={stop} placeholder="none" onChange={(event) => setStop(event.target.value)} />
          <Field label="Take profit" inputMode="decimal" value={goal} placeholder="none" onChange={(event) => setGoal(event.target.value)} />
        </div>
        <Preflight look={look.data} />
        <ErrorNote error={place.error} retry={again} />
        <div className="sides">
          <Button look="sell" pending={place.isPending && tried?.side === "sell"} onClick={() => send("sell")}>
            <span>
              Sell <span className="side-price">{shown(quote?.bid)}</span>
            </span>
          </Button>
          <Button look="buy" pending={place.isPending && tried?.side === "buy"} onClick={() => send("buy")}>
            <span>
              Buy <span className="side-price">{shown(quote?.ask)}</span>
            </span>
          </Button>
        </div>
      </form>
    </Panel>
  );
}

/// Nobody knows whether it was done: sent again under its id, it is done once.
const unknown = (error: unknown) => error instanceof Unreachable || (error instanceof ApiError && error.kind === "OUTCOME_UNKNOWN");

function Preflight({ look }: { look: Schemas["PreflightResponse"] | undefined }) {
  if (!look) return null;
  if (look.block) {
    return (
      <Note tone="warn" title={look.message ?? look.block}>
        <p className="small">
          <code>{look.block}</code>
        </p>
      </Note>
    );
  }
  const text = (amount: string | null | undefined) => (amount ? moneyText(amount, look.currency) : "–");
  return (
    <p className="small soft" aria-live="polite">
      Margin {text(look.margin)} · commission {text(look.commission)} · free margin then {text(look.free_margin_after)}
    </p>
  );
}
