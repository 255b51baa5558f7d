import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { useSignedIn } from "../../session/SessionContext";
import { CheckField, Field, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import { words } from "../kit/words";

type Expiry = Schemas["ExpiryWord"];

const EXPIRIES: [Expiry, string][] = [
  ["30d", "In 30 days"],
  ["90d", "In 90 days"],
  ["1y", "In a year"],
  ["never", "Never"],
];

/// A token may do at most what its maker may.
export function NewToken({ show }: { show: (secret: string) => void }) {
  const { permissions } = useSignedIn();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [expiry, setExpiry] = useState<Expiry>("90d");
  const [addresses, setAddresses] = useState("");
  const toggle = (scope: string, on: boolean) => setScopes(on ? [...scopes, scope] : scopes.filter((it) => it !== scope));
  return (
    <Decide
      label="New token"
      look="main"
      reason="none"
      title="A new token"
      done="The token is made."
      run={() => {
        const ip_allowlist = addresses.split(/[\s,]+/).filter(Boolean);
        return ask(api.POST("/api-tokens", { body: { name: name.trim(), scopes, expiry, ip_allowlist } }));
      }}
      after={(answer) => show((answer as Schemas["NewApiTokenObject"]).token)}
    >
      <div className="form-row">
        <Field label="Name" name="name" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        <Select label="Ends" name="expiry" value={expiry} onChange={(event) => setExpiry(event.target.value as Expiry)}>
          {EXPIRIES.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
      </div>
      <Field label="Only from these addresses (optional)" name="ip_allowlist" placeholder="203.0.113.7, 10.0.0.0/8" value={addresses} onChange={(event) => setAddresses(event.target.value)} />
      <fieldset>
        <legend className="small soft">May ({scopes.length} chosen)</legend>
        <div className="scope-list">
          {permissions?.map((scope) => (
            <CheckField key={scope} label={words(scope)} checked={scopes.includes(scope)} onChange={(event) => toggle(scope, event.target.checked)} />
          ))}
        </div>
      </fieldset>
    </Decide>
  );
}
