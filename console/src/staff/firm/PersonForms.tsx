import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { Field, Select } from "../../ui/Field";
import { Decide } from "../kit/Decide";
import { words } from "../kit/words";

type Role = Schemas["RoleWord"];
type Scope = Schemas["ViewScopeWord"];

const ROLES: Role[] = ["owner", "risk", "finance", "support", "read_only"];

interface RoleProps {
  role: Role;
  scope: Scope;
  set: (role: Role, scope: Scope) => void;
}

function RoleAndScope({ role, scope, set }: RoleProps) {
  return (
    <div className="form-row">
      <Select label="Role" name="role" value={role} onChange={(event) => set(event.target.value as Role, scope)}>
        {ROLES.map((it) => (
          <option key={it} value={it}>
            {words(it)}
          </option>
        ))}
      </Select>
      <Select label="Sees" name="customer_view_scope" value={scope} onChange={(event) => set(role, event.target.value as Scope)}>
        <option value="all">All customers</option>
        <option value="own">His own customers</option>
      </Select>
    </div>
  );
}

export function NewPerson() {
  const [it, setIt] = useState({ email: "", full_name: "", role: "support" as Role, scope: "all" as Scope });
  return (
    <Decide
      label="Add a person"
      look="main"
      reason="none"
      title="Add a person"
      done={`${it.full_name} is added, and gets a mail to choose a password.`}
      run={() =>
        ask(api.POST("/users", { body: { email: it.email.trim(), full_name: it.full_name.trim(), role: it.role, customer_view_scope: it.scope } }))
      }
    >
      <div className="form-row">
        <Field label="Name" name="full_name" required maxLength={100} value={it.full_name} onChange={(event) => setIt({ ...it, full_name: event.target.value })} />
        <Field label="E-mail address" name="email" type="email" required value={it.email} onChange={(event) => setIt({ ...it, email: event.target.value })} />
      </div>
      <RoleAndScope role={it.role} scope={it.scope} set={(role, scope) => setIt({ ...it, role, scope })} />
    </Decide>
  );
}

interface ActionProps {
  person: Schemas["UserObject"];
  edits: boolean;
  resets: boolean;
}

export function PersonActions({ person, edits, resets }: ActionProps) {
  const params = { path: { user_id: person.id } };
  return (
    <span className="row row-end">
      {edits && <Change person={person} />}
      {resets && (
        <Decide
          label="Reset second factor"
          small
          title={`Reset the second factor of ${person.full_name}`}
          done="The second factor is off."
          run={(reason) => ask(api.POST("/users/{user_id}/totp/reset", { params, body: { reason } }))}
        >
          <p>For a colleague who has lost the authenticator app. Be sure that it is really him who asks.</p>
        </Decide>
      )}
      {edits && (
        <Decide
          label={person.is_active ? "Disable" : "Enable"}
          small
          look={person.is_active ? "danger" : "plain"}
          title={`${person.is_active ? "Disable" : "Enable"} ${person.full_name}`}
          done={`${person.full_name} ${person.is_active ? "cannot sign in any more" : "can sign in again"}.`}
          run={(reason) => ask(api.PATCH("/users/{user_id}", { params, body: { is_active: !person.is_active, reason } }))}
        >
          <p>{person.is_active ? "All sessions end at once." : "The password is as it was."}</p>
        </Decide>
      )}
    </span>
  );
}

function Change({ person }: { person: Schemas["UserObject"] }) {
  const [role, setRole] = useState(person.role as Role);
  const [scope, setScope] = useState(person.customer_view_scope as Scope);
  return (
    <Decide
      label="Change"
      small
      title={`Change ${person.full_name}`}
      done={`${person.full_name} is changed.`}
      run={(reason) =>
        ask(api.PATCH("/users/{user_id}", { params: { path: { user_id: person.id } }, body: { role, customer_view_scope: scope, reason } }))
      }
    >
      <RoleAndScope
        role={role}
        scope={scope}
        set={(nextRole, nextScope) => {
          setRole(nextRole);
          setScope(nextScope);
        }}
      />
    </Decide>
  );
}
