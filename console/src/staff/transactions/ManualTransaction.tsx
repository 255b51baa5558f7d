import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "../../api/client";
import { ApiError } from "../../api/errors";
import { isDecimal } from "../../format/decimal";
import { Field, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";

type Type = "CORRECTION_IN" | "CORRECTION_OUT";

function loginFault(error: Error | null): string | undefined {
  if (!error) return undefined;
  return error instanceof ApiError && error.status === 404 ? "There is no such account." : error.message;
}

/// A correction of a wallet by hand.
export function ManualTransaction() {
  const [login, setLogin] = useState("");
  const [type, setType] = useState<Type>("CORRECTION_IN");
  const [amount, setAmount] = useState("");
  const isLogin = /^\d{3,15}$/.test(login);
  const account = useQuery({
    queryKey: ["account", login],
    queryFn: ({ signal }) => ask(api.GET("/accounts/{login}", { params: { path: { login: Number(login) } }, signal })),
    enabled: isLogin,
    retry: false,
  });
  const found = account.data;
  const isAmount = isDecimal(amount);
  // What is left empty is for the browser to tell.
  const ready = (found !== undefined || !isLogin) && (isAmount || !amount);
  return (
    <Decide
      label="New correction"
      title="Correct a wallet by hand"
      reasonLabel="Comment"
      reasonName="comment"
      done="The correction is booked."
      ready={ready}
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
          fault={isLogin ? loginFault(account.error) : undefined}
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
