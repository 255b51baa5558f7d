import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Page } from "../../shell/Page";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { Money, Time } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import type { Column } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { Listing } from "../kit/Listing";
import { TwoLines } from "../kit/parts";
import { LIMIT, useFilters } from "../kit/useFilters";
import { NewPromoCode } from "./NewPromoCode";

type Row = Schemas["PromoCode"];

export function Component() {
  const filters = useFilters();
  const edits = usePermission("edit_promotions");
  const query = { limit: LIMIT, offset: filters.offset };
  const codes = useQuery({
    queryKey: ["promo-codes", query],
    queryFn: ({ signal }) => ask(api.GET("/promo-codes", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  const columns = edits ? [...COLUMNS, SWITCH] : COLUMNS;
  return (
    <Page title="Promo codes" intro="Codes that take something off a price." actions={edits && <NewPromoCode />}>
      <Panel flush>
        <Listing
          what="promo codes"
          query={codes}
          rows={(data) => data.items}
          total={(data) => data.total}
          columns={columns}
          rowKey={(row) => row.id}
          filters={filters}
          empty={<Empty title="There is no promo code yet">Make one, and give it to whom you like.</Empty>}
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: "Code", lead: true, cell: (row) => <TwoLines first={<b className="mono">{row.code}</b>} second={row.description} /> },
  {
    name: "Takes off",
    number: true,
    cell: (row) =>
      row.discount_amount && row.currency ? <Money amount={row.discount_amount} currency={row.currency} /> : `${row.discount_percent ?? 0} %`,
  },
  { name: "Used", number: true, cell: (row) => `${row.used_count}${row.total_limit ? ` of ${row.total_limit}` : ""}` },
  { name: "Reserved", number: true, cell: (row) => row.reserved_count },
  { name: "From", cell: (row) => <Time at={row.valid_from} /> },
  { name: "Until", cell: (row) => <Time at={row.valid_to} /> },
  {
    name: "For",
    cell: (row) =>
      [
        row.template_ids.length > 0 ? `${row.template_ids.length} programs` : "all programs",
        row.first_purchase_only && "first purchases",
        row.per_customer_limit && `${row.per_customer_limit} each`,
      ]
        .filter(Boolean)
        .join(", "),
  },
  { name: "State", cell: (row) => <Badge tone={row.is_enabled ? "good" : "plain"}>{row.is_enabled ? "In use" : "Off"}</Badge> },
];

const SWITCH: Column<Row> = {
  name: "Switch",
  silent: true,
  cell: (row) => (
    <Decide
      label={row.is_enabled ? "Switch off" : "Switch on"}
      small
      reason="none"
      title={`${row.is_enabled ? "Switch off" : "Switch on"} ${row.code}`}
      done={`${row.code} is ${row.is_enabled ? "off" : "in use"}.`}
      run={() =>
        ask(
          api.PATCH("/promo-codes/{promo_code_id}", {
            params: { path: { promo_code_id: row.id } },
            body: { is_enabled: !row.is_enabled },
          }),
        )
      }
    >
      <p>{row.is_enabled ? "Nobody can use it any more; what was bought with it stays." : "It can be used from now on."}</p>
    </Decide>
  ),
};
