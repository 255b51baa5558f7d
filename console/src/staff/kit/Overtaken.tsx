import { createContext, type ReactNode, useContext, useState } from "react";

import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextArea } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { words } from "./words";

/// A decision that was being written when it could not be taken any more.
export interface Overtaken {
  title: string;
  reasonLabel: string;
  reason: string;
  /// Asks how the thing stands now.
  now?: () => Promise<string>;
}

const Context = createContext<(it: Overtaken) => void>(() => undefined);

/// Stands above all that is decided on, which goes away with its buttons when somebody else decides it: says so, and keeps what was
/// written.
export function OvertakenHost({ children }: { children: ReactNode }) {
  const [it, setIt] = useState<Overtaken | null>(null);
  const [state, setState] = useState("");
  const show = (next: Overtaken) => {
    setIt(next);
    setState("");
    // Without an answer it is only said less exactly.
    next.now?.().then(setState, () => undefined);
  };
  const close = () => setIt(null);
  return (
    <Context value={show}>
      {children}
      {it && (
        <Dialog open title={it.title} close={close} actions={<Button onClick={close}>Close</Button>}>
          <div className="form">
            <Note tone="warn" title="Somebody has decided it meanwhile">
              <p>{state ? `It is ${words(state).toLowerCase()} now.` : "It cannot be done any more."} Nothing was done in your name.</p>
            </Note>
            {it.reason.trim() && <TextArea label={`${it.reasonLabel} that you have written`} readOnly value={it.reason} />}
          </div>
        </Dialog>
      )}
    </Context>
  );
}

export const useOvertaken = () => useContext(Context);
