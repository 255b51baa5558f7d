import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Note } from "../../ui/Note";

type Agreement = Schemas["AskedAgreement"];

/// What has to be agreed to before a purchase, with its text.
export function AgreementsNote({ items }: { items: Agreement[] }) {
  const queries = useQueryClient();
  const accept = useMutation({
    mutationFn: (id: string) =>
      ask(api.POST("/customers/me/agreements/{agreement_id}/accept", { params: { path: { agreement_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agreements"] }),
  });
  return (
    <Note tone="warn" title="Please read and agree before you buy">
      {items
        .filter((item) => !item.accepted_at)
        .map((item) => (
          <div key={item.id} className="stack-small">
            <details>
              <summary>
                {item.title} (version {item.version})
              </summary>
              {item.text && <p className="small">{item.text}</p>}
              {item.url && (
                <a href={item.url} target="_blank" rel="noopener noreferrer">
                  Read it at {new URL(item.url).host}
                </a>
              )}
            </details>
            <div>
              <Button small pending={accept.isPending && accept.variables === item.id} onClick={() => accept.mutate(item.id)}>
                I agree
              </Button>
            </div>
          </div>
        ))}
      <ErrorNote error={accept.error} />
    </Note>
  );
}
