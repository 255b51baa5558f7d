import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { ErrorNote } from "../../ui/ErrorNote";
import { Money, Time } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { valueText } from "../kit/words";
import { ProgramFrame, type Template } from "./ProgramFrame";
import { Terms } from "./Terms";

/// Every version that was ever promised, and what is different between two.
export function Component() {
  return <ProgramFrame>{(template) => <Versions template={template} />}</ProgramFrame>;
}

function Versions({ template }: { template: Template }) {
  const [search, setSearch] = useSearchParams();
  const path = { template_id: template.id };
  const shown = Math.trunc(Number(search.get("version"))) || template.version;
  const versions = useQuery({
    queryKey: ["template", template.id, "versions"],
    queryFn: ({ signal }) => ask(api.GET("/prop/templates/{template_id}/versions", { params: { path }, signal })),
  });
  const version = useQuery({
    queryKey: ["template", template.id, "version", shown],
    queryFn: ({ signal }) =>
      ask(api.GET("/prop/templates/{template_id}/versions/{version}", { params: { path: { ...path, version: shown } }, signal })),
  });
  const show = (next: number) => setSearch({ version: String(next) }, { preventScrollReset: true });
  return (
    <>
      <Panel title="Versions" flush>
        {versions.isPending && <Skeleton />}
        <ErrorNote error={versions.error} retry={() => void versions.refetch()} />
        {versions.data && <Table label="Versions" columns={columns(shown, show)} rows={versions.data.items} rowKey={(row) => row.version} dense />}
      </Panel>
      {shown > 1 && <Changes template_id={template.id} from={shown - 1} to={shown} />}
      <h2>Version {shown} promises</h2>
      {version.isPending && <Skeleton lines={8} />}
      <ErrorNote error={version.error} retry={() => void version.refetch()} />
      {version.data && <Terms terms={version.data} />}
    </>
  );
}

function columns(shown: number, show: (version: number) => void): Column<Schemas["TemplateVersionItem"]>[] {
  return [
    {
      name: "Version",
      lead: true,
      cell: (row) => (
        <span className="row">
          {row.version} {row.is_current && <Badge tone="good">Current</Badge>}
        </span>
      ),
    },
    { name: "Name", cell: (row) => row.name },
    { name: "Since", cell: (row) => <Time at={row.created_at} /> },
    { name: "Price", number: true, cell: (row) => <Money amount={row.fee_amount} currency={row.fee_currency} /> },
    { name: "Phases", number: true, cell: (row) => row.phases_count },
    {
      name: "Look",
      silent: true,
      cell: (row) => (
        <Button small aria-pressed={row.version === shown} disabled={row.version === shown} onClick={() => show(row.version)}>
          {row.version === shown ? "Shown" : "Show"}
        </Button>
      ),
    },
  ];
}

function Changes({ template_id, from, to }: { template_id: string; from: number; to: number }) {
  const changes = useQuery({
    queryKey: ["template", template_id, "changes", from, to],
    queryFn: ({ signal }) =>
      ask(api.GET("/prop/templates/{template_id}/changes", { params: { path: { template_id }, query: { from, to } }, signal })),
  });
  return (
    <Panel title={`What version ${to} has changed`} flush>
      {changes.isPending && <Skeleton />}
      <ErrorNote error={changes.error} retry={() => void changes.refetch()} />
      {changes.data && <Table label="Changes" columns={CHANGES} rows={changes.data.changes} rowKey={(row) => row.path} dense />}
    </Panel>
  );
}

const CHANGES: Column<Schemas["TemplateFieldChange"]>[] = [
  { name: "Where", lead: true, cell: (row) => <code>{row.path}</code> },
  { name: "Before", cell: (row) => <del>{valueText(row.before)}</del> },
  { name: "After", cell: (row) => <ins>{valueText(row.after)}</ins> },
];
