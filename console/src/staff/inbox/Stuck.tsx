import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Status } from "../../ui/Badge";
import { Money, Time } from "../../ui/figures";
import type { Column } from "../../ui/Table";
import { Decide } from "../kit/Decide";
import { failureText } from "../kit/failures";
import { AccountLink, CustomerLink, TwoLines } from "../kit/parts";
import { words } from "../kit/words";
import { LOOK_EVERY, Section } from "./Section";

type Item = Schemas["AttentionItem"];
type Action = Schemas["Action"];

/// Purchases that cannot go on by themselves.
export function Stuck() {
  const may = usePermission("resolve_attention");
  const query = useQuery({
    queryKey: ["attention"],
    // There is no other page of them: all are shown.
    queryFn: async ({ signal }) => (await ask(api.GET("/prop/attention", { params: { query: { limit: 100 } }, signal }))).items,
    refetchInterval: LOOK_EVERY,
  });
  const columns: Column<Item>[] = [
    {
      name: "Purchase",
      lead: true,
      cell: (item) => (
        <TwoLines
          first={<Link to={`/staff/purchases/${item.purchase_id}`}>No. {item.number}</Link>}
          second={<Time at={item.created_at} />}
        />
      ),
    },
    { name: "Customer", cell: (item) => <CustomerLink id={item.customer_id} name={item.customer_name} /> },
    { name: "State", cell: (item) => <Status value={item.state} tone="bad" /> },
    { name: "What went wrong", cell: (item) => failureText(item.failure_reason) || item.note },
    { name: "Fee", number: true, cell: (item) => <Money amount={item.amount} currency={item.currency} /> },
    { name: "Account", cell: (item) => <AccountLink login={item.account_login} /> },
    {
      name: "Decide",
      silent: true,
      cell: (item) =>
        may && (
          <span className="row row-end">
            {item.actions.map((action) => (
              <Resolve key={action} item={item} action={action as Action} />
            ))}
          </span>
        ),
    },
  ];
  return (
    <div id="stuck">
      <Section kind="stuck_purchases" query={query} columns={columns} rowKey={(item) => item.purchase_id} />
    </div>
  );
}

const EFFECTS: Record<Action, string> = {
  retry: "The server takes the next step of the purchase once more.",
  settled: "It was settled outside of this server: the purchase is closed as it stands, and nothing is moved.",
  cancel: "The purchase is ended, and what was taken goes back to where it came from.",
};

export function Resolve({ item, action }: { item: Pick<Item, "purchase_id" | "number">; action: Action }) {
  return (
    <Decide
      label={words(action)}
      small
      look={action === "cancel" ? "danger" : "plain"}
      title={`${words(action)}: purchase ${item.number}`}
      done={`Purchase ${item.number}: ${words(action).toLowerCase()} was taken down.`}
      run={(reason) =>
        ask(
          api.POST("/prop/attention/{purchase_id}/resolve", {
            params: { path: { purchase_id: item.purchase_id } },
            body: { action, reason },
          }),
        )
      }
    >
      <p>{EFFECTS[action]}</p>
    </Decide>
  );
}
