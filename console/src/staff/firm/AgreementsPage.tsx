import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Field, TextArea } from "../../ui/Field";
import { Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { Listing } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { LIMIT, useFilters } from "../kit/useFilters";
import { words } from "../kit/words";

type Row = Schemas["PublishedAgreement"];

/// What customers have to agree to before they buy.
export function Component() {
  const filters = useFilters();
  const edits = usePermission("edit_agreements");
  const query = { limit: LIMIT, offset: filters.offset };
  const agreements = useQuery({
    queryKey: ["agreements", query],
    queryFn: ({ signal }) => ask(api.GET("/agreements", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Agreements" intro="What customers agree to before a purchase. A new version is asked of everybody again." actions={edits && <Publish />}>
      <Panel flush>
        <Listing
          what="agreements"
          query={agreements}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={edits ? [...COLUMNS, WITHDRAW] : COLUMNS}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="Nothing is asked of customers">Publish your terms, and nobody buys without having agreed to them.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: "Agreement", lead: true, cell: (row) => <TwoLines first={row.title} second={`${words(row.kind)}, version ${row.version}`} /> },
  { name: "Published", cell: (row) => <Time at={row.published_at} /> },
  {
    name: "Text",
    cell: (row) =>
      row.url ? (
        <a href={row.url} target="_blank" rel="noreferrer">
          Open
        </a>
      ) : (
        <details>
          <summary>Read</summary>
          <p className="mail-text small">{row.text}</p>
        </details>
      ),
  },
  { name: "Fingerprint", cell: (row) => <code title={row.sha256}>{row.sha256.slice(0, 12)}</code> },
  { name: "Agreed", number: true, cell: (row) => row.accepted_count },
  { name: "State", cell: (row) => <Badge tone={row.is_current ? "good" : "plain"}>{row.is_current ? "Asked for" : "Over"}</Badge> },
];

const WITHDRAW: Column<Row> = {
  name: "Withdraw",
  silent: true,
  cell: (row) =>
    row.is_current && (
      <Decide
        label="Withdraw"
        small
        look="danger"
        reason="none"
        title={`Withdraw ${row.title}`}
        done="It is not asked for any more."
        run={() => ask(api.DELETE("/agreements/{agreement_id}", { params: { path: { agreement_id: row.id } } }))}
      >
        <p>Nobody is asked for it from now on. Who has agreed stays on record.</p>
      </Decide>
    ),
};

function Publish() {
  const [it, setIt] = useState({ kind: "terms", title: "", text: "", url: "" });
  return (
    <Decide
      label="Publish"
      look="main"
      reason="none"
      title="Publish an agreement"
      done="It is asked of every customer before the next purchase."
      run={() =>
        ask(api.POST("/agreements", { body: { kind: it.kind.trim(), title: it.title.trim(), text: it.text || null, url: it.url.trim() || null } }))
      }
    >
      <div className="form-row">
        <Field
          label="Kind"
          name="kind"
          required
          value={it.kind}
          onChange={(event) => setIt({ ...it, kind: event.target.value })}
          hint="The same kind again is a new version."
        />
        <Field label="Title" name="title" required maxLength={200} value={it.title} onChange={(event) => setIt({ ...it, title: event.target.value })} />
      </div>
      <TextArea label="Text" name="text" rows={8} value={it.text} onChange={(event) => setIt({ ...it, text: event.target.value })} />
      <Field label="Or an address where it stands" name="url" type="url" value={it.url} onChange={(event) => setIt({ ...it, url: event.target.value })} />
    </Decide>
  );
}
