import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Field, Select } from "../../ui/Field";
import { Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { Listing } from "../kit/Listing";
import { LIMIT, useFilters } from "../kit/useFilters";
import { words } from "../kit/words";
import { ImportNews } from "./ImportNews";

type Row = Schemas["NewsObject"];
type Impact = Schemas["ImpactWord"];

const IMPACTS: Impact[] = ["low", "medium", "high"];
const TONES = { low: "plain", medium: "warn", high: "bad" } as const;

export function Component() {
  const filters = useFilters();
  const edits = usePermission("edit_news");
  const query = { limit: LIMIT, offset: filters.offset };
  const news = useQuery({
    queryKey: ["news", query],
    queryFn: ({ signal }) => ask(api.GET("/prop/news", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="News calendar"
      intro="What is coming, for programs that forbid trading around news."
      actions={
        edits && (
          <>
            <ImportNews />
            <AddNews />
          </>
        )
      }
    >
      <Panel flush>
        <Listing
          what="news"
          query={news}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={edits ? [...COLUMNS, REMOVE] : COLUMNS}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="Nothing is coming">Add news, or import a calendar as CSV. Without them no news rule applies.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: "News", lead: true, cell: (row) => row.title },
  { name: "At", cell: (row) => <Time at={row.at} /> },
  { name: "Currency", cell: (row) => row.currency ?? "All" },
  { name: "Impact", cell: (row) => <Badge tone={TONES[row.impact]}>{words(row.impact)}</Badge> },
];

const REMOVE: Column<Row> = {
  name: "Remove",
  silent: true,
  cell: (row) => (
    <Decide
      label="Remove"
      small
      look="danger"
      reason="none"
      title={`Remove ${row.title}`}
      done="It is removed."
      run={() => ask(api.DELETE("/prop/news/{news_id}", { params: { path: { news_id: row.id } } }))}
    >
      <p>No rule applies around it any more.</p>
    </Decide>
  ),
};

function AddNews() {
  const [it, setIt] = useState({ title: "", at: "", currency: "USD", impact: "high" as Impact });
  return (
    <Decide
      label="Add news"
      look="main"
      reason="none"
      title="Add news"
      done="It is in the calendar."
      run={() =>
        ask(api.POST("/prop/news", { body: { title: it.title.trim(), at: new Date(it.at).toISOString(), currency: it.currency || null, impact: it.impact } }))
      }
    >
      <Field label="What" name="title" required maxLength={200} value={it.title} onChange={(event) => setIt({ ...it, title: event.target.value })} />
      <div className="form-row">
        <Field label="When (your time)" name="at" type="datetime-local" required value={it.at} onChange={(event) => setIt({ ...it, at: event.target.value })} />
        <Field
          label="Currency (empty: all)"
          name="currency"
          maxLength={3}
          value={it.currency}
          onChange={(event) => setIt({ ...it, currency: event.target.value.toUpperCase() })}
        />
        <Select label="Impact" name="impact" value={it.impact} onChange={(event) => setIt({ ...it, impact: event.target.value as Impact })}>
          {IMPACTS.map((impact) => (
            <option key={impact} value={impact}>
              {words(impact)}
            </option>
          ))}
        </Select>
      </div>
    </Decide>
  );
}
