import { Panel } from "../../ui/Panel";
import type { Step } from "./StepsPanel";

/// The rules in words, as they are judged: made by the server from what it judges by.
export function StepRules({ steps }: { steps: Step[] }) {
  return (
    <Panel title="The rules in full">
      <div className="stack">
        {steps.map((step, index) => (
          <details key={step.phase_index} className="rules" open={index === 0}>
            <summary>
              <h3>
                {step.phase_index}. {step.name}
              </h3>
            </summary>
            <RuleText lines={step.rule_text} />
          </details>
        ))}
      </div>
    </Panel>
  );
}

export function RuleText({ lines }: { lines: string[] }) {
  return (
    <ul className="rule-text">
      {lines.map((line) => {
        const [, name, rest] = /^([A-Z][A-Za-z ]{3,30}): (.*)$/s.exec(line) ?? [];
        return (
          <li key={line}>
            {name && <b>{name}. </b>}
            {rest ? rest.charAt(0).toUpperCase() + rest.slice(1) : line}
          </li>
        );
      })}
    </ul>
  );
}
