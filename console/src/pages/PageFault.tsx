import { useRouteError } from "react-router";

import { ErrorNote } from "../ui/ErrorNote";

/// When a page cannot be shown: its code did not arrive, or made a mistake.
export function PageFault() {
  const error = useRouteError();
  return (
    <main className="alone">
      <h1>This page cannot be shown</h1>
      <ErrorNote error={error} retry={() => window.location.reload()} />
    </main>
  );
}
