import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../../api/client";
import { isDecimal } from "../../format/decimal";
import { Field, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";

type Type = "CORRECTION_IN" | "CORRECTION_OUT";

/// A correction of a wallet by hand.
export function ManualTransaction() {
  const [login, setLogin] = useState("");
  const [type, setType] = useState<Type>("CORRECTION_IN");
  const [amount, setAmount] = useState("");
  const account = useQuery({
    queryKey: ["account", login],
    queryFn: ({ signal }) => ask(api.GET("/accounts/{login}", { params: { path: { login: Number(login) } }, signal })),
    enabled: /^\d{3,15}$/.test(login),
    retry: false,
  });
  const found = account.data;
  const isAmount = isDecimal(amount);
  return (
    <Decide
      label="New correction"
      title="Correct a wallet by hand"
      reasonLabel="Comment"
      reasonName="comment"
      done="The correction is booked."
      run={async (comment) => {
        if (!found) throw new Error("there is no such account");
        return ask(
          api.POST("/transactions/manual", {
            body: { account_id: found.account_id, type, amount, comment, status: "APPROVED" },
          }),
        );
      }}
    >
      <div className="form-row">
        <Field
          label="Login of the wallet"
          name="account_id"
          inputMode="numeric"
          required
          pattern="\d{3,15}"
          value={login}
          onChange={(event) => setLogin(event.target.value.trim())}
          hint={found && `${found.group_name}, balance ${found.balance} ${found.currency}`}
          fault={account.error ? "There is no such account." : undefined}
        />
        <Select label="Direction" name="type" value={type} onChange={(event) => setType(event.target.value as Type)}>
          <option value="CORRECTION_IN">Credit</option>
          <option value="CORRECTION_OUT">Debit</option>
        </Select>
        <Field
          label={`Amount${found ? ` in ${found.currency}` : ""}`}
          name="amount"
          inputMode="decimal"
          required
          value={amount}
          onChange={(event) => setAmount(event.target.value.trim())}
          fault={amount && !isAmount ? "An amount like 125.50." : undefined}
        />
      </div>
    </Decide>
  );
}
