import { type ReactNode, useEffect, useId, useRef } from "react";

import { Button } from "./Button";
import "./dialog.css";
import { X } from "./icons";

interface Props {
  open: boolean;
  title: ReactNode;
  close: () => void;
  /// Buttons at the end.
  actions?: ReactNode;
  /// While something goes on that must not be left in the dark.
  busy?: boolean;
  children: ReactNode;
}

const FIELDS = ["input", "select", "textarea"].map((name) => `.dialog-body ${name}:not([type="hidden"]):enabled`).join(", ");

/// What is to be written in first. The browser by itself would take the button that closes, and React's `autoFocus` comes before the
/// dialog is shown: `data-autofocus` says it.
const firstOf = (dialog: HTMLElement) => dialog.querySelector<HTMLElement>("[data-autofocus]") ?? dialog.querySelector<HTMLElement>(FIELDS);

/// The browser's own dialog: it keeps the focus inside, and gives it back to where it came from.
export function Dialog({ open, title, close, actions, busy, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const it = dialog.current;
    const before = document.activeElement;
    if (open && it && !it.open) {
      it.showModal();
      firstOf(it)?.focus();
    }
    return () => {
      it?.close();
      // It is out of the document by now, so that the browser does not give the focus back itself.
      if (open && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);

  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) close();
      }}
    >
      <header className="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button look="quiet" small aria-label="Close" onClick={close} disabled={busy}>
          <X aria-hidden="true" />
        </Button>
      </header>
      <div className="dialog-body">{children}</div>
      {actions && <footer className="dialog-foot">{actions}</footer>}
    </dialog>
  );
}
