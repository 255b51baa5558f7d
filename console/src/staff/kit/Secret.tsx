import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { useToast } from "../../ui/Toast";

interface Props {
  title: string;
  secret: string;
  close: () => void;
}

/// Something that is shown once and never again.
export function Secret({ title, secret, close }: Props) {
  const tell = useToast();
  const copy = () =>
    navigator.clipboard.writeText(secret).then(
      () => tell("Copied."),
      () => tell("The browser does not let it be copied: mark it and copy it by hand.", "bad"),
    );
  return (
    <Note tone="warn" title={title}>
      <p>Keep it now: it is shown this once.</p>
      <p>
        <code>{secret}</code>
      </p>
      <div className="row">
        <Button small onClick={() => void copy()}>
          Copy
        </Button>
        <Button small onClick={close}>
          I have kept it
        </Button>
      </div>
    </Note>
  );
}
