import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, ask } from "../../api/client";

const EVERY = 60_000;

/// Symbols whose market is closed at this hour: nobody needs a price of them.
export function useClosed(): Set<string> {
  const { data } = useQuery({
    queryKey: ["instruments"],
    queryFn: ({ signal }) => ask(api.GET("/instruments", { signal })),
    refetchInterval: EVERY,
  });
  return useMemo(() => new Set((data?.items ?? []).filter((it) => !it.hours.is_open).map((it) => it.symbol)), [data]);
}
