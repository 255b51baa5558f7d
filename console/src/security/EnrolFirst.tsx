import { useState } from "react";

import { loadSession } from "../api/session";
import { Button } from "../ui/Button";
import { Welcome } from "../pages/Welcome";
import { EnrolDialog } from "./EnrolDialog";

/// The brand wants a second factor, and nothing goes on before there is one.
export function EnrolFirst() {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    void loadSession();
  };
  return (
    <Welcome title="Set up your second factor">
      <p>Your firm wants a code of an app beside your password. Nothing else can be done before that.</p>
      <Button look="main" onClick={() => setOpen(true)}>
        Set it up now
      </Button>
      {open && <EnrolDialog close={close} />}
    </Welcome>
  );
}

export { EnrolFirst as Component };
