import { useContext } from "react";

import { ApiError, explain, isAbout, placeText, sentence } from "../api/errors";
import { Button } from "./Button";
import { FormContext } from "./useFault";
import { CircleAlert } from "./icons";

interface Props {
  error: unknown;
  retry?: () => void;
  /// How to go on here, instead of what is said of such errors everywhere.
  advice?: string;
  /// The faults that no field of the form shows itself.
  hideFaults?: boolean;
}

/// What happened, and how to go on. With nothing wrong it is not there.
export function ErrorNote({ error, retry, advice: given, hideFaults }: Props) {
  const form = useContext(FormContext);
  if (!error) return null;
  const { title, advice: usual, faults: all } = explain(error);
  const advice = given ?? usual;
  const shown = form?.error === error ? form.names : [];
  const faults = all.filter((fault) => !shown.some((name) => isAbout(fault, name)));
  const known = error instanceof ApiError && !error.isWrongAddress ? error : null;
  // What is not there is not there the next time either.
  const lasting = error instanceof ApiError && (error.isWrongAddress || error.status === 404);
  return (
    <div className="note" data-tone="bad" role="alert">
      <CircleAlert aria-hidden="true" />
      <div className="stack-small">
        <p className="note-title">{title}</p>
        {!hideFaults && faults.length > 0 && (
          <ul className="note-faults">
            {faults.map((fault) => (
              <li key={`${fault.where} ${fault.message}`}>
                {fault.where && <strong>{placeText(fault.where)}:</strong>} {sentence(fault.message)}
              </li>
            ))}
          </ul>
        )}
        {advice && <p>{advice}</p>}
        {known && (
          <p className="small soft">
            <code>{known.code}</code>
            {known.requestId && (
              <>
                {" "}
                · request <code>{known.requestId}</code>
              </>
            )}
          </p>
        )}
        {retry && !lasting && (
          <div>
            <Button small onClick={retry}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
