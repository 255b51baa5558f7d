import { Panel } from "../../ui/Panel";
import { RuleText } from "../program/StepRules";
import { Addons } from "./Addons";
import { useChallenge } from "./context";

/// What this account is judged by, as it was pinned when it was bought.
export function Component() {
  const { phase, detail } = useChallenge();
  return (
    <div className="stack">
      <Panel title={`Rules of step ${phase.phase_index}`}>
        <RuleText lines={phase.rule_text} />
      </Panel>
      <Addons challengeId={detail.challenge.id} payer={detail.purchase.payer_login} />
    </div>
  );
}
