import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { ownZone } from "../../format/time";
import { Field } from "../../ui/Field";
import { useToast } from "../../ui/Toast";
import { Decide } from "../kit/Decide";

/// A calendar of news from a file.
export function ImportNews() {
  const [file, setFile] = useState<File | null>(null);
  const [zone, setZone] = useState(ownZone());
  const tell = useToast();
  return (
    <Decide
      label="Import CSV"
      reason="none"
      title="Import a calendar"
      pendingLabel="Importing…"
      done="The file was taken."
      run={async () => {
        if (!file) throw new Error("no file was chosen");
        const text = await file.text();
        return ask(
          api.POST("/prop/news/import", {
            params: { query: { time_zone: zone } },
            body: text,
            bodySerializer: (body: string) => body,
            headers: { "Content-Type": "text/csv" },
          }),
        );
      }}
      after={(answer) => {
        const { added, known, past } = answer as Schemas["NewsImported"];
        tell(`${added} added, ${known} known already, ${past} over.`, "info");
      }}
    >
      <p>A file with columns for time, currency, impact and title, as calendars on the web export it.</p>
      <Field label="File" type="file" accept=".csv,text/csv" required onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
      <Field label="Time zone of its times" required value={zone} onChange={(event) => setZone(event.target.value.trim())} />
    </Decide>
  );
}
