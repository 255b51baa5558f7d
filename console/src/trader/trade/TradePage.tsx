import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { LiveMark } from "../../live/LiveMark";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import { Money, Percent } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { useChallenge } from "../challenge/context";
import { instruments } from "../data/queries";
import { DemoHint } from "../DemoHint";
import { OrderTicket } from "./OrderTicket";
import { OrdersPanel } from "./OrdersPanel";
import { PositionsPanel } from "./PositionsPanel";
import { QuoteBoard } from "./QuoteBoard";
import "./trade.css";
import { useQuotes } from "./useQuotes";

/// Quotes, a ticket, and what is held: enough to play a challenge.
export function Component() {
  const { state, rests } = useChallenge();
  const list = useQuery(instruments);
  const offered = list.data?.items.filter((item) => item.is_offered) ?? [];
  const { quotes, live } = useQuotes(offered.map((item) => item.symbol));
  const [chosen, setChosen] = useState<string | null>(null);
  if (!state) return <Skeleton lines={9} />;

  const priced = offered.filter((item) => item.hours.is_open && quotes.get(item.symbol)?.bid);
  const symbol = chosen ?? priced.find((item) => item.symbol === "DEMOWAVE")?.symbol ?? priced[0]?.symbol ?? offered[0]?.symbol;
  const instrument = offered.find((item) => item.symbol === symbol);
  return (
    <div className="stack">
      {!state.is_traded && (
        <Note title="This account is not traded any more">
          <p>Its phase is over. What was done on it stands under “Trades”.</p>
        </Note>
      )}
      {state.is_traded && !rests && <DemoHint />}
      <ErrorNote error={list.error} retry={() => void list.refetch()} />
      <div className="trade-columns">
        <Panel title="Quotes" flush aside={<LiveMark state={live} />}>
          {list.isPending && <Skeleton />}
          <QuoteBoard instruments={offered} quotes={quotes} chosen={symbol} choose={setChosen} />
        </Panel>
        {instrument && state.is_traded && !rests && (
          <OrderTicket key={instrument.symbol} instrument={instrument} quote={quotes.get(instrument.symbol)} state={state} live={live} />
        )}
      </div>
      {state.margin && state.free_margin && (
        <Panel>
          <Facts>
            <Fact label="Equity">
              <Money amount={state.equity} currency={state.currency} />
            </Fact>
            <Fact label="Used margin">
              <Money amount={state.margin} currency={state.currency} />
            </Fact>
            <Fact label="Free margin">
              <Money amount={state.free_margin} currency={state.currency} />
            </Fact>
            <Fact label="Margin level">
              <Percent value={state.margin_level} />
            </Fact>
          </Facts>
        </Panel>
      )}
      <PositionsPanel state={state} rests={rests} instruments={offered} />
      <OrdersPanel state={state} instruments={offered} />
    </div>
  );
}
