import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { grouped, moneyText } from "../../format/money";
import { useServerNow } from "../../format/serverClock";
import type { LiveState } from "../../live/useStream";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field, Select } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import type { State } from "../challenge/context";
import { account } from "../data/queries";
import { opensNext } from "./hours";
import { decimal, freeAfter, priceFault, volumeFault } from "./terms";
import { useCommand } from "./useCommand";
import type { Quote } from "./useQuotes";

type Side = "buy" | "sell";
type Kind = "market" | "limit" | "stop";

interface Props {
  instrument: Schemas["InstrumentObject"];
  quote: Quote | undefined;
  state: State;
  /// Whether the server is heard just now.
  live: LiveState;
}

/// What is said where nobody knows whether an order was placed.
const UNKNOWN = "It is not known whether the order was placed. “Try again” is safe: it is the same order, and is placed once at most.";

/// Margin moves with the price, and each look is a request.
const LOOK_EVERY = 3_000;

/// One order: how much of what, at which price, and where it is to end.
export function OrderTicket({ instrument, quote, state, live }: Props) {
  const { symbol, digits, min_lot: least, lot_step: step, max_lot: most, hours } = instrument;
  const opens = opensNext(hours, useServerNow());
  const [volume, setVolume] = useState("1");
  const [kind, setKind] = useState<Kind>("market");
  const [price, setPrice] = useState("");
  const [stop, setStop] = useState("");
  const [goal, setGoal] = useState("");
  const [seen, setSeen] = useState<unknown>(null);
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
  const faults = {
    volume: volumeFault(volume, least, most, step),
    price: kind === "market" ? undefined : priceFault(price, true),
    stop: priceFault(stop),
    goal: priceFault(goal),
  };
  const fits = Object.values(faults).every((fault) => fault === undefined);
  // The margin is the same to buy and to sell; what stands in the way of the one mostly stands in that of the other.
  const held = state.positions.map((it) => `${it.position_id}:${it.volume}`).join();
  const look = useQuery({
    queryKey: ["preflight", login, symbol, volume, kind, price, held],
    queryFn: async ({ signal }) => {
      const told = await ask(
        api.POST("/orders/preflight", {
          params: { header: { "X-Customer-Login": login } },
          body: { symbol, action: "open", side: "buy", type: kind, volume: decimal(volume), price: order("buy").price },
          signal,
        }),
      );
      return { ...told, freeThen: queries.getQueryData(account(login).queryKey)?.free_margin };
    },
    enabled: !faults.volume && !faults.price,
    placeholderData: (before) => before,
    refetchInterval: LOOK_EVERY,
    retry: false,
  });
  const place = useCommand(
    login,
    // As it was when it was sent first: the same order again is the same, whatever stands in the form by now.
    (what: ReturnType<typeof order>, client_order_id) =>
      ask(api.POST("/accounts/{login}/orders", { params: { path: { login } }, body: { ...what, client_order_id } })),
    (done, what) => {
      const deal = done.deals[0];
      const words = what.side === "buy" ? "Bought" : "Sold";
      if (deal?.price) tell(`${words} ${what.volume} ${symbol} at ${grouped(deal.price)}`);
      else tell(done.status === "waiting" ? `The order waits for its price` : `The order is ${done.status}`);
    },
  );
  const shown = (value: string | null | undefined) => (value ? grouped(value, digits) : "no price");
  const submit = (event: FormEvent) => event.preventDefault();
  // What went wrong before is over with the next change, as soon as the server can be reached.
  const changed = () => {
    if (place.error && live === "live") setSeen(place.error);
  };
  const side = (name: Side) => ({
    disabled: !fits,
    pending: place.isPending && place.tried?.side === name,
    onClick: () => place.start(order(name)),
  });

  return (
    <Panel title={`Trade ${symbol}`} aside={<span className="small soft">{instrument.display_name}</span>}>
      <form className="form" onSubmit={submit} onChange={changed}>
        {!hours.is_open && (
          <Note tone="warn" title="The market is closed">
            {opens && <p>It opens {opens}.</p>}
          </Note>
        )}
        <div className="form-row">
          <Field
            label="Volume in lots"
            inputMode="decimal"
            value={volume}
            onChange={(event) => setVolume(event.target.value)}
            hint={`${grouped(least)} to ${grouped(most)}, in steps of ${grouped(step)}`}
            fault={faults.volume}
          />
          <Select label="Order" value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
            <option value="market">At the market</option>
            <option value="limit">Limit</option>
            <option value="stop">Stop</option>
          </Select>
          {kind !== "market" && (
            <Field
              label="Price"
              inputMode="decimal"
              value={price}
              required
              onChange={(event) => setPrice(event.target.value)}
              fault={faults.price}
            />
          )}
        </div>
        <div className="form-row">
          <Field
            label="Stop loss"
            inputMode="decimal"
            value={stop}
            placeholder="none"
            onChange={(event) => setStop(event.target.value)}
            fault={faults.stop}
          />
          <Field
            label="Take profit"
            inputMode="decimal"
            value={goal}
            placeholder="none"
            onChange={(event) => setGoal(event.target.value)}
            fault={faults.goal}
          />
        </div>
        <Preflight look={fits ? look.data : undefined} old={look.isPlaceholderData} free={state.free_margin} />
        {place.error !== seen && <ErrorNote error={place.error} retry={place.again} advice={place.again && UNKNOWN} />}
        <div className="sides">
          <Button look="sell" {...side("sell")}>
            <span>
              Sell <span className="side-price">{shown(quote?.bid)}</span>
            </span>
          </Button>
          <Button look="buy" {...side("buy")}>
            <span>
              Buy <span className="side-price">{shown(quote?.ask)}</span>
            </span>
          </Button>
        </div>
      </form>
    </Panel>
  );
}

interface PreflightProps {
  look: (Schemas["PreflightResponse"] & { freeThen?: string | null }) | undefined;
  /// It is about what stood in the form before.
  old: boolean;
  free: string | null | undefined;
}

function Preflight({ look, old, free }: PreflightProps) {
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
  const after = look.free_margin_after && freeAfter(look.free_margin_after, look.freeThen, free);
  return (
    <p className={`small ${old ? "faint" : "soft"}`} aria-live="polite" aria-busy={old}>
      Margin {text(look.margin)} · commission {text(look.commission)} · free margin then {text(after)}
    </p>
  );
}
