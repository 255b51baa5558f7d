import { useState } from "react";
import { useNavigate } from "react-router";

import type { Schemas } from "../../api/client";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/Note";
import { Fact, Facts } from "../../ui/Panel";

/// The challenge is there, and its account's password is told once.
export function BoughtDialog({ bought }: { bought: Schemas["BuyAnswer"] }) {
  const [open, setOpen] = useState(true);
  const navigate = useNavigate();
  const { challenge, account, temporary_password: secret } = bought;

  if (!challenge) {
    return (
      <Note tone="info" title="The purchase is taken, and the account is being opened">
        <p>It goes on by itself. Look at it under “My challenges”.</p>
      </Note>
    );
  }
  const go = () => void navigate(`/challenges/${challenge.id}`);
  return (
    <Dialog
      open={open}
      title="Your challenge is running"
      close={() => setOpen(false)}
      actions={
        <Button look="main" onClick={go}>
          Go to the challenge
        </Button>
      }
    >
      <Facts>
        <Fact label="Account">{account?.login ?? challenge.account_login}</Fact>
        <Fact label="Purchase">{bought.purchase.id}</Fact>
      </Facts>
      {secret && (
        <div className="stack-small">
          <p>
            For a trading terminal, sign in with this password and set your own. It is shown this once; here in the console you need
            none.
          </p>
          <code className="secret">{secret}</code>
        </div>
      )}
    </Dialog>
  );
}
