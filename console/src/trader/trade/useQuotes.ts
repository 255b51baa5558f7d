import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { useChangedQuotes } from "../../live/EventsContext";

export type Quote = Schemas["QuoteObject"];

const POLL_EVERY = 2_000;
const NONE: Quote[] = [];

/// The last price of each symbol: by the stream of quotes, or by asking while that fails.
export function useQuotes(symbols: string[]) {
  const [heard, setHeard] = useState<ReadonlyMap<string, Quote>>(new Map());
  const live = useChangedQuotes(symbols, (data) => {
    setHeard((was) => {
      const now = new Map(was);
      for (const quote of data as Quote[]) now.set(quote.symbol, quote);
      return now;
    });
  });
  const polled = useQuery({
    queryKey: ["quotes"],
    queryFn: ({ signal }) => ask(api.GET("/quotes", { signal })),
    refetchInterval: live === "live" ? false : POLL_EVERY,
  });
  const quotes = new Map((polled.data?.items ?? NONE).map((quote) => [quote.symbol, quote]));
  if (live === "live") for (const [symbol, quote] of heard) quotes.set(symbol, quote);
  return { quotes, live };
}
