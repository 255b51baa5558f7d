import { Check, CircleX } from "../../ui/icons";
import type { Detail } from "./context";

/// The steps of the program: which are passed, and where one stands.
export function PhasePath({ detail }: { detail: Detail }) {
  const { challenge, phases, program } = detail;
  const steps = program?.steps ?? [];
  // After a reset a step has several phases, of which the newest counts.
  const stateOf = (index: number) => phases.filter((phase) => phase.phase_index === index).at(-1)?.status_name ?? "ahead";
  return (
    <div className="row phase-line">
      {steps.length > 1 && (
        <ol className="phase-path" aria-label="Steps">
          {steps.map((step) => {
            const state = stateOf(step.phase_index);
            const here = step.phase_index === challenge.current_phase_index;
            return (
              <li key={step.phase_index} data-state={state} aria-current={here ? "step" : undefined}>
                {state === "passed" && <Check aria-label="Passed" />}
                {state === "failed" && <CircleX aria-label="Failed" />}
                {step.name}
              </li>
            );
          })}
        </ol>
      )}
      <span className="small soft">Account {detail.current_phase?.account_login ?? challenge.account_login}</span>
    </div>
  );
}
