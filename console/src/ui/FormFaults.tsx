import { type ReactNode, useCallback, useMemo, useState } from "react";

import { FormContext } from "./useFault";

/// A form whose fields with a `name` say themselves what the server has found wrong with them; the note says the rest.
export function FormFaults({ error, children }: { error: unknown; children: ReactNode }) {
  const [names, setNames] = useState<readonly string[]>([]);
  const enter = useCallback((name: string) => {
    setNames((all) => [...all, name]);
    return () => setNames((all) => all.filter((_, index) => index !== all.indexOf(name)));
  }, []);
  const form = useMemo(() => ({ error, names, enter }), [error, names, enter]);
  return <FormContext value={form}>{children}</FormContext>;
}
