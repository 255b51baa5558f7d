import { api, ask, type Schemas } from "../../api/client";
import { useToast } from "../../ui/Toast";
import { ChangeDialog } from "./ChangeDialog";
import type { Term } from "./terms";

interface Props {
  login: number;
  order: Schemas["OrderObject"];
  close: () => void;
}

/// New prices of an order that waits.
export function OrderDialog({ login, order, close }: Props) {
  const tell = useToast();
  const { order_id, type, side, volume, symbol } = order;
  const terms: Term[] = [
    { name: "price", label: type === "stop_limit" ? "Stop" : "Price", now: order.price, needed: true },
    ...(type === "stop_limit" ? [{ name: "limit_price", label: "Limit", now: order.limit_price, needed: true } satisfies Term] : []),
    { name: "stop_loss", label: "Stop loss", now: order.stop_loss },
    { name: "take_profit", label: "Take profit", now: order.take_profit },
  ];
  return (
    <ChangeDialog
      login={login}
      title={`Order to ${side} ${volume} ${symbol}`}
      terms={terms}
      send={(changes, client_order_id) => {
        const { price, limit_price, stop_loss, take_profit } = changes;
        // A price that is left out stays: an order cannot be without.
        const body = { price: price ?? undefined, limit_price: limit_price ?? undefined, stop_loss, take_profit, client_order_id };
        return ask(api.PATCH("/accounts/{login}/orders/{order_id}", { params: { path: { login, order_id } }, body }));
      }}
      done={() => {
        tell("The order is changed");
        close();
      }}
      close={close}
    />
  );
}
