import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";

export type GroupRow = Schemas["GroupObject"];

/// The groups that accounts are opened in.
export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  queryFn: ({ signal }) => ask(api.GET("/prop/groups", { signal })),
  staleTime: 60_000,
});

/// What tells one group from another in one line.
export const groupText = (it: GroupRow) => `${it.name}: ${termsText(it)}`;

export const termsText = (it: GroupRow) => `${it.currency}, 1:${it.leverage}, ${it.account_mode === "REAL" ? "real" : "demo"}`;

export function useGroups(): GroupRow[] {
  return useQuery(groupsQuery).data?.items ?? [];
}
