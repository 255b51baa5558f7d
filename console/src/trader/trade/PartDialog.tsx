import { type FormEvent, useId, useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { faultOf } from "../../api/errors";
import { grouped } from "../../format/money";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote } from "../../ui/ErrorNote";
import { Field } from "../../ui/Field";
import { Standing } from "./PositionDialog";
import { decimal } from "./terms";
import { type Execution, useCommand } from "./useCommand";

interface Props {
  login: number;
  position: Schemas["PositionObject"];
  /// How many a price of it has behind the point.
  digits: number | undefined;
  currency: string;
  /// What is offered first.
  part: string;
  step: string;
  done: (result: Execution) => void;
  close: () => void;
}

/// Ends a part of a position; the rest stays with its stop and target.
export function PartDialog({ login, position, digits, currency, part, step, done, close }: Props) {
  const { position_id, symbol, side } = position;
  const [volume, setVolume] = useState(part);
  const form = useId();
  const end = useCommand(
    login,
    (lots: string | null, client_order_id) =>
      ask(
        api.POST("/accounts/{login}/positions/{position_id}/close", {
          params: { path: { login, position_id } },
          body: { volume: lots, client_order_id },
        }),
      ),
    (result) => {
      done(result);
      close();
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lots = decimal(volume);
    if (lots !== null) end.start(lots);
  };
  return (
    <Dialog
      open
      title={`Close a part of ${position.volume} ${symbol}, ${side === "buy" ? "bought" : "sold"}`}
      close={close}
      busy={end.isPending}
      actions={
        <>
          <Button onClick={close}>Leave it</Button>
          <Button look="main" type="submit" form={form} pending={end.isPending} pendingLabel="Closing…">
            Close this part
          </Button>
        </>
      }
    >
      <Standing position={position} digits={digits} currency={currency} />
      <form id={form} className="form" onSubmit={submit}>
        <Field
          label="Lots to close"
          inputMode="decimal"
          autoComplete="off"
          required
          value={volume}
          onChange={(event) => setVolume(event.target.value)}
          hint={`Of ${grouped(position.volume)} that are open, in steps of ${grouped(step)}, at the price of the moment`}
          fault={faultOf(end.error, "volume")}
        />
      </form>
      <ErrorNote error={end.error} retry={end.again} />
    </Dialog>
  );
}
