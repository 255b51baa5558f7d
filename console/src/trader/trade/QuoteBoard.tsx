import { type KeyboardEvent, useState } from "react";

import type { Schemas } from "../../api/client";
import { useServerNow } from "../../format/serverClock";
import { Badge } from "../../ui/Badge";
import { Absent, Figure } from "../../ui/figures";
import { opensNext } from "./hours";
import { moved } from "./roving";
import type { Quote } from "./useQuotes";

type Instrument = Schemas["InstrumentObject"];

interface Props {
  instruments: Instrument[];
  quotes: Map<string, Quote>;
  chosen: string | undefined;
  choose: (symbol: string) => void;
}

/// What can be traded, with its prices; what is open stands first. One stop for Tab: arrows go from one to the next.
export function QuoteBoard({ instruments, quotes, chosen, choose }: Props) {
  const open = (item: Instrument) => (item.hours.is_open && quotes.get(item.symbol)?.bid ? 0 : 1);
  const sorted = [...instruments].sort((a, b) => open(a) - open(b) || a.symbol.localeCompare(b.symbol));
  const [visited, setVisited] = useState<string | null>(null);
  const stop = [visited, chosen].find((it) => sorted.some(({ symbol }) => symbol === it)) ?? sorted[0]?.symbol;
  const move = (event: KeyboardEvent<HTMLButtonElement>, from: number) => {
    const to = moved(event.key, from, sorted.length);
    if (to === null) return;
    event.preventDefault();
    event.currentTarget.closest("ul")?.querySelectorAll("button")[to]?.focus();
  };
  return (
    <ul className="quotes" aria-label="Instruments; arrow keys go from one to the next">
      {sorted.map((item, place) => {
        const quote = quotes.get(item.symbol);
        return (
          <li key={item.symbol}>
            <button
              type="button"
              className="quote"
              aria-pressed={item.symbol === chosen}
              tabIndex={item.symbol === stop ? 0 : -1}
              onFocus={() => setVisited(item.symbol)}
              onClick={() => choose(item.symbol)}
              onKeyDown={(event) => move(event, place)}
            >
              <span className="quote-name">
                <b>{item.symbol}</b>
                <span className="small soft">{item.display_name}</span>
              </span>
              {item.hours.is_open ? (
                <span className="quote-prices">
                  {quote?.bid ? <Figure value={quote.bid} digits={item.digits} /> : <Absent />}
                  {quote?.ask ? <Figure value={quote.ask} digits={item.digits} /> : <Absent />}
                </span>
              ) : (
                <Closed hours={item.hours} />
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Closed({ hours }: { hours: Instrument["hours"] }) {
  const next = opensNext(hours, useServerNow());
  return (
    <span className="quote-closed">
      <Badge>Closed</Badge>
      {next && <span className="small soft">opens {next}</span>}
    </span>
  );
}
