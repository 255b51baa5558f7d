import { createContext, useContext, useEffect } from "react";

import { faultOf } from "../api/errors";

interface Form {
  error: unknown;
  /// Names of the fields that show their faults themselves.
  names: readonly string[];
  enter: (name: string) => () => void;
}

export const FormContext = createContext<Form | null>(null);

/// What the server has found wrong with a field of the form around it. `name` is the field's in the request.
export function useFault(name: string | undefined, given: string | undefined): string | undefined {
  const form = useContext(FormContext);
  const enter = form?.enter;
  useEffect(() => (name && enter ? enter(name) : undefined), [name, enter]);
  return given ?? (name && form ? faultOf(form.error, name) : undefined);
}
