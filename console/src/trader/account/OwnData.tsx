import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../../api/client";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Panel } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import { EraseDialog } from "./EraseDialog";

/// What the firm holds of him: to be kept, or to be erased.
export function OwnData() {
  const [erasing, setErasing] = useState(false);
  const tell = useToast();
  const load = useMutation({
    mutationFn: () => ask(api.GET("/customers/me/export", { parseAs: "blob" })),
    onSuccess: (file) => {
      keep(file as unknown as Blob, `my-data-${new Date().toISOString().slice(0, 10)}.json`);
      tell("Your data are downloaded");
    },
  });
  return (
    <Panel title="Your data">
      <div className="stack">
        <div className="row row-apart">
          <p>Everything that the firm holds of you, as one file: person, accounts, payments, trades and mails.</p>
          <Button small pending={load.isPending} pendingLabel="Collecting…" onClick={() => load.mutate()}>
            Download my data
          </Button>
        </div>
        <ErrorNote error={load.error} />
        <div className="row row-apart">
          <p>You can have erased who you are. What was bought, traded and paid stays in the books under a number.</p>
          <Button small look="danger" onClick={() => setErasing(true)}>
            Erase my data
          </Button>
        </div>
      </div>
      {erasing && <EraseDialog close={() => setErasing(false)} />}
    </Panel>
  );
}

function keep(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
