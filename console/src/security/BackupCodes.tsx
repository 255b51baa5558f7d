import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import "./security.css";

/// Shown once: who closes this has written them down.
export function BackupCodes({ codes, close }: { codes: string[]; close: () => void }) {
  return (
    <Dialog
      open
      title="Your backup codes"
      close={close}
      actions={
        <Button look="main" onClick={close}>
          I have kept them
        </Button>
      }
    >
      <p>Each is good once instead of a code of the app. They are shown this once: keep them where you find them without your phone.</p>
      <ul className="backup-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
