import { api, ask, type Schemas } from "../../api/client";
import { Figure, Money } from "../../ui/figures";
import { Fact, Facts } from "../../ui/Panel";
import { useToast } from "../../ui/Toast";
import { ChangeDialog } from "./ChangeDialog";
import type { Term } from "./terms";

interface Props {
  login: number;
  position: Schemas["PositionObject"];
  /// How many a price of it has behind the point.
  digits: number | undefined;
  currency: string;
  close: () => void;
}

/// Where an open position ends by itself.
export function PositionDialog({ login, position, digits, currency, close }: Props) {
  const tell = useToast();
  const { position_id, side, volume, symbol } = position;
  const buys = side === "buy";
  const terms: Term[] = [
    { name: "stop_loss", label: "Stop loss", hint: buys ? "Below the price" : "Above the price", now: position.stop_loss },
    { name: "take_profit", label: "Take profit", hint: buys ? "Above the price" : "Below the price", now: position.take_profit },
    { name: "trailing_distance", label: "Trailing stop", hint: "So far behind the price", now: position.trailing_distance },
  ];
  return (
    <ChangeDialog
      login={login}
      title={`Stop and target of ${volume} ${symbol}, ${buys ? "bought" : "sold"}`}
      terms={terms}
      send={(changes, client_order_id) =>
        ask(
          api.PATCH("/accounts/{login}/positions/{position_id}", {
            params: { path: { login, position_id } },
            body: { ...changes, client_order_id },
          }),
        )
      }
      done={() => {
        tell("Stop and target are changed");
        close();
      }}
      close={close}
    >
      <Standing position={position} digits={digits} currency={currency} />
    </ChangeDialog>
  );
}

export function Standing({ position, digits, currency }: Pick<Props, "position" | "digits" | "currency">) {
  return (
    <Facts>
      <Fact label="Opened at">
        <Figure value={position.open_price} digits={digits} />
      </Fact>
      <Fact label="Now">
        <Figure value={position.current_price} digits={digits} />
      </Fact>
      <Fact label="Profit">
        <Money amount={position.profit} currency={currency} signed />
      </Fact>
    </Facts>
  );
}
