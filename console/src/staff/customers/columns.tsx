import type { Schemas } from "../../api/client";
import { Badge, Status } from "../../ui/Badge";
import { Time } from "../../ui/figures";
import type { Column } from "../../ui/Table";
import { CustomerLink } from "../kit/parts";

export type CustomerRow = Schemas["CustomerListItem"];

export const KYC: Record<string, "plain" | "warn" | "good" | "bad"> = { none: "plain", pending: "warn", approved: "good", rejected: "bad" };

export const customerColumns: Column<CustomerRow>[] = [
  { name: "Customer", lead: true, cell: (row) => <CustomerLink id={row.id} name={row.full_name} email={row.email} /> },
  { name: "Identity", cell: (row) => <Status value={row.kyc_status === "none" ? "not_checked" : row.kyc_status} tone={KYC[row.kyc_status]} /> },
  { name: "Since", cell: (row) => <Time at={row.kyc_since} shape="day" /> },
  { name: "Active journeys", number: true, cell: (row) => row.active_journeys },
  { name: "Country", cell: (row) => row.country },
  { name: "Looked after by", cell: (row) => row.owner_name },
  { name: "Registered", cell: (row) => <Time at={row.reg_time} shape="day" /> },
  { name: "Last sign-in", cell: (row) => <Time at={row.last_login_at} /> },
  {
    name: "Access",
    cell: (row) => {
      if (row.erased_at) return <Badge>Erased</Badge>;
      return <Badge tone={row.is_active ? "good" : "bad"}>{row.is_active ? "Open" : "Disabled"}</Badge>;
    },
  },
];
