import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";

import { Button } from "./Button";
import { X } from "./icons";
import "./toast.css";

type Tone = "good" | "bad" | "info";

interface Note {
  id: number;
  tone: Tone;
  text: ReactNode;
}

type Tell = (text: ReactNode, tone?: Tone) => void;

const Context = createContext<Tell>(() => undefined);
const STAYS = 7_000;

/// Says what has happened, for eyes and for screen readers. What went wrong stays until it is closed.
export function ToastProvider({ children }: { children: ReactNode }) {
  const [notes, setNotes] = useState<Note[]>([]);
  const next = useRef(1);

  const drop = useCallback((id: number) => setNotes((all) => all.filter((note) => note.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, tone = "good") => {
      const id = next.current++;
      setNotes((all) => [...all.slice(-2), { id, tone, text }]);
      if (tone !== "bad") setTimeout(() => drop(id), STAYS);
    },
    [drop],
  );
  const shown = useMemo(() => notes, [notes]);

  return (
    <Context value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {shown.map((note) => (
          <div key={note.id} className="toast" data-tone={note.tone}>
            <div>{note.text}</div>
            <Button look="quiet" small aria-label="Dismiss" onClick={() => drop(note.id)}>
              <X aria-hidden="true" />
            </Button>
          </div>
        ))}
      </div>
    </Context>
  );
}

export const useToast = () => useContext(Context);
