import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { Badge, Status } from "../../ui/Badge";
import { Figure, Time } from "../../ui/figures";
import type { Column } from "../../ui/Table";
import { AccountLink, CustomerLink, TwoLines } from "../kit/parts";
import { ruleName } from "../kit/words";

export type BreachRow = Schemas["PropBreachEvent"];

export const breachColumns: Column<BreachRow>[] = [
  {
    name: "Breach",
    lead: true,
    cell: (row) => (
      <TwoLines
        first={<Link to={`/staff/breaches/${row.id}`}>{ruleName(row.rule_type)}</Link>}
        second={<Time at={row.triggered_at} shape="second" />}
      />
    ),
  },
  { name: "Trader", cell: (row) => <CustomerLink id={row.customer_id} name={row.customer_name} /> },
  { name: "Account", cell: (row) => <AccountLink login={row.account_login} /> },
  { name: "Measured", number: true, cell: (row) => <Figure value={row.triggered_value} digits={2} /> },
  { name: "Limit", number: true, cell: (row) => <Figure value={row.threshold_value} digits={2} /> },
  {
    name: "Effect",
    cell: (row) => <Badge tone={row.severity === "terminal" ? "bad" : "warn"}>{severityName(row.severity)}</Badge>,
  },
  { name: "Review", cell: (row) => <Status value={row.review_status} tone={REVIEW[row.review_status]} /> },
];

export const severityName = (severity: string) => (severity === "terminal" ? "Failed" : "Warning");

export const REVIEW: Record<string, "warn" | "plain" | "good"> = { pending: "warn", confirmed: "plain", reverted: "good" };
