import type { ReactNode } from "react";

import type { Schemas } from "../../api/client";
import { type Amount, minus, sign } from "../../format/decimal";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure, Money } from "../../ui/figures";
import { Skeleton } from "../../ui/Loading";
import { Note } from "../../ui/Note";
import type { Preview } from "./useOrder";

interface Props {
  preview: Preview;
  /// What is asked for as far as it is known, where no wallet can pay.
  price: Amount;
  currency: string;
}

/// What is paid and what is left, line by line. A price is there whoever looks.
export function PriceLines({ preview, price, currency }: Props) {
  const told = preview.error ? undefined : preview.data;
  if (told && !("reason" in told)) return <Payable told={told} />;
  return (
    <div className="stack" aria-live="polite">
      <dl className="price-lines">
        <Total name="Price">{sign(price) === 0 ? "Free" : <Money amount={price} currency={currency} />}</Total>
      </dl>
      <ErrorNote error={preview.error} retry={() => void preview.refetch()} />
      {preview.isLoading && <Skeleton lines={1} />}
      {told && (
        <Note tone="warn" title={told.block_reason_message}>
          {told.reason === "NOT_ENOUGH_FUNDS" && <p>Deposit into the wallet first, or pay at the cashier.</p>}
        </Note>
      )}
    </div>
  );
}

function Payable({ told }: { told: Schemas["Possible"] }) {
  const paid = told.account_currency ?? told.currency;
  return (
    <div className="stack" aria-live="polite">
      <dl className="price-lines">
        {told.discount !== undefined && told.discount !== null && (
          <>
            <Line name="Full price">
              <Money amount={told.full_price} currency={told.currency} />
            </Line>
            <Line name={`Code ${told.promo_code ?? ""}`}>
              <Money amount={minus(0, told.discount)} currency={told.currency} signed />
            </Line>
          </>
        )}
        {told.account_currency && (
          <>
            <Line name="Price">
              <Money amount={told.price} currency={told.currency} />
            </Line>
            <Line name={`Rate, ${told.account_currency} for 1 ${told.currency}`}>
              <Figure value={told.conversion_rate} />
            </Line>
          </>
        )}
        <Total name="You pay">
          <Money amount={told.amount_account_currency} currency={paid} />
        </Total>
        <Line name="Left in the wallet">
          <Money amount={minus(told.payer_balance, told.amount_account_currency)} currency={paid} />
        </Line>
      </dl>
      {told.warnings.map((warning) => (
        <Note key={warning} tone="warn">
          <p>{warning}</p>
        </Note>
      ))}
      {told.refund_policy && <p className="small soft">{told.refund_policy.text}</p>}
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Total({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="price-total">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
