import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { usePermission } from "../../session/SessionContext";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { useToast } from "../../ui/Toast";
import { Decide } from "../kit/Decide";
import { saveAs } from "../kit/saveAs";
import { words } from "../kit/words";

type Word = Schemas["KycWord"];
type Customer = Schemas["CustomerResponse"];

interface Props {
  customer: Customer;
  kyc: string;
}

/// What one may do about a customer.
export function CustomerActions({ customer, kyc }: Props) {
  const may = {
    kyc: usePermission("set_kyc"),
    owner: usePermission("assign_customer"),
    staff: usePermission("view_staff"),
    totp: usePermission("reset_customer_totp"),
    exports: usePermission("export_customer"),
    erases: usePermission("erase_customer"),
  };
  const params = { path: { customer_id: customer.id } };
  return (
    <>
      {may.kyc && <Identity customer={customer} kyc={kyc} />}
      {may.owner && may.staff && <Owner customer={customer} />}
      {may.totp && (
        <Decide
          label="Reset second factor"
          title={`Reset the second factor of ${customer.full_name}`}
          done="His second factor is off."
          run={(reason) => ask(api.POST("/customers/{customer_id}/totp/reset", { params, body: { reason } }))}
        >
          <p>For somebody who has lost his authenticator app: he signs in with his password, and can set up another one.</p>
        </Decide>
      )}
      {may.exports && <Export customer={customer} />}
      {may.erases && (
        <Decide
          label="Erase"
          look="danger"
          title={`Erase ${customer.full_name}`}
          done="The customer is erased."
          run={(reason) => ask(api.POST("/customers/{customer_id}/erasure", { params, body: { reason } }))}
        >
          <p>Everything that tells who he was is removed for good. It is refused while he has something open.</p>
        </Decide>
      )}
    </>
  );
}

const WORDS: Word[] = ["approved", "rejected", "pending", "none"];

function Identity({ customer, kyc }: Props) {
  const [status, setStatus] = useState<Word>(kyc === "approved" ? "rejected" : "approved");
  return (
    <Decide
      label="Decide identity"
      look={kyc === "pending" ? "main" : "plain"}
      title={`Identity of ${customer.full_name}`}
      done="The decision is taken down."
      run={(reason) =>
        ask(api.PUT("/customers/{customer_id}/kyc", { params: { path: { customer_id: customer.id } }, body: { status, reason } }))
      }
    >
      <p>Payouts of most programs want an approved identity.</p>
      <Select label="Decision" name="status" value={status} onChange={(event) => setStatus(event.target.value as Word)}>
        {WORDS.map((word) => (
          <option key={word} value={word}>
            {word === "none" ? "Not checked" : words(word)}
          </option>
        ))}
      </Select>
    </Decide>
  );
}

function Owner({ customer }: { customer: Customer }) {
  const [owner_id, setOwner] = useState(customer.owner_id ?? "");
  const people = useQuery({
    queryKey: ["users", "choices"],
    queryFn: ({ signal }) => ask(api.GET("/users", { params: { query: { limit: 500 } }, signal })),
    staleTime: 60_000,
  });
  return (
    <Decide
      label="Assign"
      title={`Who looks after ${customer.full_name}`}
      done="The customer is assigned."
      run={(reason) =>
        ask(
          api.PUT("/customers/{customer_id}/owner", {
            params: { path: { customer_id: customer.id } },
            body: { owner_id: owner_id || null, reason },
          }),
        )
      }
    >
      <Select label="Looked after by" name="owner_id" value={owner_id} onChange={(event) => setOwner(event.target.value)}>
        <option value="">Nobody</option>
        {people.data?.items
          .filter((it) => it.is_active)
          .map((it) => (
            <option key={it.id} value={it.id}>
              {it.full_name}, {words(it.role)}
            </option>
          ))}
      </Select>
    </Decide>
  );
}

function Export({ customer }: { customer: Customer }) {
  const tell = useToast();
  const fetching = useMutation({
    mutationFn: () => ask(api.GET("/customers/{customer_id}/export", { params: { path: { customer_id: customer.id } } })),
    onSuccess: (document) => {
      saveAs(`customer-${customer.id}.json`, JSON.stringify(document, null, 2));
      tell("The export is saved among your downloads.");
    },
    onError: (error) => tell(`The export failed: ${error.message}`, "bad"),
  });
  return (
    <Button pending={fetching.isPending} pendingLabel="Collecting…" onClick={() => fetching.mutate()}>
      Export
    </Button>
  );
}
