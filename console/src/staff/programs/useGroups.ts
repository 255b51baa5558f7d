import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";

export interface GroupChoice {
  id: string;
  name: string;
}

/// The groups that accounts are opened in, as far as programs use them: each by the phases that do.
export function useGroups(): GroupChoice[] {
  const found = useQuery({
    queryKey: ["templates", "groups"],
    queryFn: ({ signal }) => ask(api.GET("/prop/templates", { params: { query: { limit: 100 } }, signal })),
    staleTime: 60_000,
  });
  const users = new Map<string, string[]>();
  for (const template of found.data?.items ?? []) {
    for (const phase of template.phases) {
      if (!phase.group_id) continue;
      const known = users.get(phase.group_id) ?? [];
      users.set(phase.group_id, [...known, `${phase.name} of ${template.name}`]);
    }
  }
  return [...users].map(([id, phases]) => {
    const more = phases.length > 1 ? ` and ${phases.length - 1} more` : "";
    return { id, name: `As ${phases[0] ?? ""}${more}` };
  });
}
