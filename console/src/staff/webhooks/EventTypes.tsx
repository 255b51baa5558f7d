import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { ErrorNote } from "../../ui/ErrorNote";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { Json } from "../kit/parts";

/// Every kind of event with what its message holds.
export function EventTypes() {
  const types = useQuery({
    queryKey: ["event-types"],
    queryFn: ({ signal }) => ask(api.GET("/webhooks/event-types", { signal })),
    staleTime: 600_000,
  });
  return (
    <Panel title="What can be told">
      <ErrorNote error={types.error} retry={() => void types.refetch()} />
      {types.isPending && <Skeleton />}
      <ul className="stack-small">
        {types.data?.items.map((type) => (
          <li key={type.name}>
            <details>
              <summary>
                <code>{type.name}</code> <span className="soft">{type.description}</span>
              </summary>
              <Json value={type.schema} label={`Schema of ${type.name}`} />
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
