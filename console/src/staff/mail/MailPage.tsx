import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { ErrorNote } from "../../ui/ErrorNote";
import { Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Padded } from "../kit/Listing";
import { words } from "../kit/words";

/// The mails that the brand sends by itself.
export function Component() {
  const mails = useQuery({ queryKey: ["mail-templates"], queryFn: ({ signal }) => ask(api.GET("/mail-templates", { signal })) });
  return (
    <Page title="Mails" intro="What is written to customers and staff, and when.">
      <Panel flush>
        {(mails.isPending || mails.error) && (
          <Padded>
            {mails.isPending && <Skeleton lines={8} />}
            <ErrorNote error={mails.error} retry={() => void mails.refetch()} />
          </Padded>
        )}
        {mails.data && <Table label="Mails" columns={COLUMNS} rows={mails.data.items} rowKey={(row) => row.kind} dense />}
      </Panel>
    </Page>
  );
}

const COLUMNS: Column<Schemas["MailTemplateObject"]>[] = [
  { name: "Mail", lead: true, cell: (row) => <Link to={`/staff/mails/${row.kind}`}>{words(row.kind)}</Link> },
  { name: "Subject", cell: (row) => <code>{row.subject}</code> },
  { name: "Text", cell: (row) => (row.is_standard ? "As delivered" : "The brand’s own") },
  { name: "Changed", cell: (row) => <Time at={row.updated_at} /> },
  { name: "Sent", cell: (row) => <Badge tone={row.enabled ? "good" : "plain"}>{row.enabled ? "Yes" : "No"}</Badge> },
];
