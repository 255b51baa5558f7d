import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask, type Schemas } from "../../api/client";
import { ApiError, type Fault } from "../../api/errors";
import { useSettled } from "../kit/useSettled";

const QUIET = 500;

export interface Verdict {
  faults: Fault[];
  warnings: Schemas["TemplateWarning"][];
  /// It was asked for, and the answer is still to come.
  pending: boolean;
  error: unknown;
}

const place = (loc: readonly unknown[]) => loc.filter((part) => part !== "body").join(".");

/// What the server would say to a change, a moment after the last key was pressed. Nothing is saved.
export function useValidation(template_id: string, body: Schemas["UpdateTemplateRequest"] | null): Verdict {
  const text = JSON.stringify(body ?? {});
  const settled = useSettled(text, QUIET);
  const check = useQuery({
    queryKey: ["validate", template_id, settled],
    queryFn: async ({ signal }) => {
      const change = JSON.parse(settled) as Schemas["UpdateTemplateRequest"];
      try {
        const told = await ask(api.POST("/prop/templates/validate", { body: { ...change, template_id }, signal }));
        return { faults: told.faults.map((it) => ({ where: place(it.loc), message: it.msg })), warnings: told.warnings };
      } catch (error) {
        // What cannot even be read is told as a fault of its place, too.
        if (error instanceof ApiError && error.status === 422) return { faults: error.faults, warnings: [] };
        throw error;
      }
    },
    enabled: settled !== "{}",
    placeholderData: keepPreviousData,
  });
  if (text === "{}") return { faults: [], warnings: [], pending: false, error: null };
  const { faults = [], warnings = [] } = check.data ?? {};
  return { faults, warnings, pending: check.isFetching || settled !== text, error: check.error };
}
