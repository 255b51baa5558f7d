import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { usePermission } from "../../session/SessionContext";

/// The programs of the brand as choices of a filter.
export function useTemplates(): { value: string; name: string }[] {
  const may = usePermission("view_programs");
  const found = useQuery({
    queryKey: ["templates", "choices"],
    queryFn: ({ signal }) => ask(api.GET("/prop/templates", { params: { query: { limit: 100 } }, signal })),
    enabled: may,
    staleTime: 60_000,
  });
  return (found.data?.items ?? []).map((it) => ({ value: it.id, name: it.name }));
}
