import type { Schemas } from "../../api/client";
import type { FieldKind } from "./fields";
import { GROUPS, PHASE_FIELDS } from "./fields";
import { withNumbers } from "./ownRules";

export type Values = Record<string, string>;
export type RuleSource = "keep" | "numbers" | "json";

export interface PhaseDraft {
  values: Values;
  groupId: string;
  source: RuleSource;
  /// The rule set as text, where it is written by hand.
  rules: string;
  /// The rule set that was written for the phase, and the numbers that stood beside it; null where the numbers are the rules.
  own: { rules: object; values: Values } | null;
}

/// A program while it is being changed: everything as text, as it stands in the fields.
export interface Draft {
  values: Values;
  phases: PhaseDraft[];
}

type Template = Schemas["TemplateResponse"];
type Body = Schemas["UpdateTemplateRequest"];

const FIELDS = GROUPS.flatMap((group) => group.fields);

const asText = (value: unknown) => (value === null || value === undefined ? "" : String(value));

function textsOf(source: object, fields: FieldKind[]): Values {
  const it = source as Record<string, unknown>;
  return Object.fromEntries(fields.map(({ key }) => [key, asText(it[key])]));
}

export function draftOf(template: Template): Draft {
  return {
    values: textsOf(template, FIELDS),
    phases: template.phases.map((phase, index) => {
      const values = textsOf(phase, PHASE_FIELDS);
      const told = template.rules.find((one) => one.phase_index === index + 1);
      return {
        values,
        groupId: phase.group_id ?? "",
        source: "keep",
        rules: JSON.stringify(told?.rules ?? {}, null, 2),
        own: told?.own_rules ? { rules: told.own_rules, values } : null,
      };
    }),
  };
}

function valueOf(kind: FieldKind["kind"], text: string): unknown {
  if (kind === "text") return text;
  if (kind === "flag") return text === "true";
  if (text === "") return null;
  // Amounts stay text, so that no digit of them is lost.
  return kind === "whole" && /^\d+$/.test(text) ? Number(text) : text;
}

/// The request that makes `draft` out of what is: only what differs. `null` when a rule set is no JSON.
export function changesOf(draft: Draft, template: Template): Body | null {
  const before = draftOf(template);
  const changed = FIELDS.filter(({ key }) => draft.values[key] !== before.values[key]);
  const body: Record<string, unknown> = Object.fromEntries(changed.map(({ key, kind }) => [key, valueOf(kind, draft.values[key] ?? "")]));
  if (JSON.stringify(draft.phases) !== JSON.stringify(before.phases)) {
    const size = draft.values["account_size"] ?? "";
    try {
      body["phases"] = draft.phases.map((phase) => phaseBody(phase, size));
    } catch {
      return null;
    }
  }
  return body;
}

/// The rules of a phase as they are to be: its own ones with the numbers that were changed, or none, so that the numbers are the rules.
/// They are said even where they stay, since a phase that is taken away moves those behind it.
function keptRules({ own, values }: PhaseDraft): object | null {
  return own && withNumbers(own.rules, values, own.values).rules;
}

/// The numbers that were changed and that the phase's own rules have no place for.
export const withoutPlace = ({ own, source, values }: PhaseDraft): string[] =>
  own && source === "keep" ? withNumbers(own.rules, values, own.values).without : [];

function phaseBody(phase: PhaseDraft, size: string): object {
  const { values, groupId, source, rules } = phase;
  const numbers = PHASE_FIELDS.map(({ key, kind }) => [key, valueOf(kind, values[key] ?? "")] as const);
  const common = { group_id: groupId || null, account_size: size };
  if (source === "json") return { ...common, name: values["name"], phase_type: values["phase_type"], rules: JSON.parse(rules) as unknown };
  const all = { ...common, ...Object.fromEntries(numbers.filter(([, value]) => value !== null)) };
  return { ...all, rules: source === "numbers" ? null : keptRules(phase) };
}

export const isEmpty = (body: Body) => Object.keys(body).length === 0;

/// Another phase at the end, which continues with what the last one has.
export function anotherPhase(phases: PhaseDraft[]): PhaseDraft[] {
  const last = phases.at(-1);
  const values = { ...last?.values, name: `Phase ${phases.length + 1}`, phase_type: "evaluation" };
  return [...phases, { values, groupId: last?.groupId ?? "", source: "numbers", rules: last?.rules ?? "{}", own: null }];
}

/// What was written on `base`, put on what somebody else has made of the program meanwhile; `both` are the places that the two have
/// changed, where what was written stays.
export function rebased(draft: Draft, base: Template, next: Template): { draft: Draft; both: string[] } {
  const [before, after] = [draftOf(base), draftOf(next)];
  const both: string[] = [];
  const values = Object.fromEntries(
    FIELDS.map(({ key, label }) => {
      const [mine, was, is] = [draft.values[key] ?? "", before.values[key] ?? "", after.values[key] ?? ""];
      if (mine !== was && is !== was && mine !== is) both.push(label);
      return [key, mine === was ? is : mine];
    }),
  );
  const [mine, was, is] = [draft.phases, before.phases, after.phases].map((phases) => JSON.stringify(phases));
  if (mine !== was && is !== was && mine !== is) both.push("Phases");
  return { draft: { values, phases: mine === was ? after.phases : draft.phases }, both };
}
