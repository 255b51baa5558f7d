import { useQuery } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import { ErrorNote } from "../../ui/ErrorNote";
import { Check } from "../../ui/icons";
import { Skeleton } from "../../ui/Loading";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { words } from "../kit/words";

/// What each role may do, permission by permission.
export function Roles() {
  const roles = useQuery({ queryKey: ["roles"], queryFn: ({ signal }) => ask(api.GET("/roles", { signal })), staleTime: 600_000 });
  const all = [...new Set(roles.data?.flatMap((role) => role.permissions))];
  const columns: Column<string>[] = [
    { name: "Permission", lead: true, cell: words },
    ...(roles.data ?? []).map((role): Column<string> => {
      const has = new Set(role.permissions);
      return { name: words(role.name), cell: (permission) => <Mark has={has.has(permission)} /> };
    }),
  ];
  return (
    <Panel title="What roles may do" flush>
      {roles.isPending && <Skeleton />}
      <ErrorNote error={roles.error} retry={() => void roles.refetch()} />
      {roles.data && (
        <details className="padded">
          <summary>{all.length} permissions of {roles.data.length} roles</summary>
          <Table label="Permissions of roles" columns={columns} rows={all} rowKey={(row) => row} dense />
        </details>
      )}
    </Panel>
  );
}

function Mark({ has }: { has: boolean }) {
  if (!has) return <span className="faint">no</span>;
  return (
    <span className="good yes">
      <Check aria-hidden="true" /> yes
    </span>
  );
}
