import { Link } from "react-router";

import type { Fault } from "../../api/errors";
import { Button } from "../../ui/Button";
import { Select, TextArea } from "../../ui/Field";
import { Panel } from "../../ui/Panel";
import type { PhaseDraft, RuleSource } from "./draft";
import { PHASE_FIELDS } from "./fields";
import { TermField } from "./TermField";
import { type GroupRow, groupText, termsText } from "./useGroups";

interface Props {
  index: number;
  phase: PhaseDraft;
  groups: GroupRow[];
  faults: Fault[];
  set: (phase: PhaseDraft) => void;
  /// Not there for the only phase.
  remove?: () => void;
}

const SOURCES: [RuleSource, string][] = [
  ["keep", "As they are now"],
  ["numbers", "From the numbers here alone"],
  ["json", "Written by hand (JSON)"],
];
const OF_RULES = new Set(["name", "phase_type"]);

/// One phase: its numbers, or a rule set of its own.
export function PhaseForm({ index, phase, groups, faults, set, remove }: Props) {
  const at = `phases.${index}`;
  const faultOf = (key: string) => faults.find((fault) => fault.where === `${at}.${key}`)?.message;
  const ofRules = faults.filter((fault) => fault.where.startsWith(`${at}.rules`));
  const byHand = phase.source === "json";
  const fields = PHASE_FIELDS.filter((field) => !byHand || OF_RULES.has(field.key));
  return (
    <Panel
      title={`${index + 1}. ${phase.values["name"] || "Phase"}`}
      aside={
        remove && (
          <Button small look="danger" onClick={remove}>
            Remove
          </Button>
        )
      }
    >
      <div className="form">
        <div className="form-grid">
          {fields.map((field) => (
            <TermField
              key={field.key}
              field={field}
              value={phase.values[field.key] ?? ""}
              set={(value) => set({ ...phase, values: { ...phase.values, [field.key]: value } })}
              fault={faultOf(field.key)}
            />
          ))}
          <Select
            label="Group of the accounts"
            value={phase.groupId}
            onChange={(event) => set({ ...phase, groupId: event.target.value })}
            fault={faultOf("group_id")}
            hint={hintOf(groups.find((group) => group.group_id === phase.groupId))}
          >
            <option value="">As the program says</option>
            {groups.map((group) => (
              <option key={group.group_id} value={group.group_id}>
                {groupText(group)}
              </option>
            ))}
          </Select>
          <Select
            label="Rules"
            value={phase.source}
            onChange={(event) => set({ ...phase, source: event.target.value as RuleSource })}
            hint={sourceHint(phase)}
          >
            {SOURCES.map(([source, name]) => (
              <option key={source} value={source}>
                {name}
              </option>
            ))}
          </Select>
        </div>
        {byHand && (
          <div className="rule-editor">
            <TextArea
              label="Rule set"
              spellCheck={false}
              value={phase.rules}
              onChange={(event) => set({ ...phase, rules: event.target.value })}
              fault={isJson(phase.rules) ? ofRules.map(({ where, message }) => `${where.slice(at.length + 1)}: ${message}`).join("\n") || undefined : "This is no JSON yet."}
            />
          </div>
        )}
      </div>
    </Panel>
  );
}

function sourceHint({ source, own }: PhaseDraft): string | undefined {
  if (source === "json" || !own) return undefined;
  if (source === "keep") return "The phase has a rule set of its own. A number that you change is changed in it.";
  return "The rule set of the phase is dropped, with all that is not beside here: the day’s reset, how losses are counted and judged, and what it says of conduct and payouts.";
}

/// What is said of a number that the phase's own rules have no place for.
export const NO_PLACE =
  "The rule set of this phase has no such share to change. Choose under “Rules” either “Written by hand (JSON)”, or “From the numbers here alone”, which drops the rule set.";

function hintOf(group: GroupRow | undefined) {
  if (!group) return <Link to="/staff/groups">What groups there are</Link>;
  if (group.fault) return `The desk cannot run it: ${group.fault}`;
  return `${termsText(group)}; ${group.instruments.length} instruments, stop-out at ${String(group.stop_out_pct)} %.`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
