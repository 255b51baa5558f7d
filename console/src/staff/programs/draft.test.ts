import { describe, expect, it } from "vitest";

import type { Schemas } from "../../api/client";
import { anotherPhase, changesOf, draftOf, isEmpty, rebased, withoutPlace } from "./draft";

const PHASE = { name: "Evaluation", phase_type: "evaluation", group_id: "g", account_size: 100000, profit_target_pct: 8, daily_dd_pct: 5, max_loss_pct: 10 };
const template = {
  name: "Sprint",
  fee_amount: 499.5,
  sort_index: 1,
  ea_allowed: true,
  payout_cadence: null,
  account_size: 100000,
  phases: [PHASE],
  rules: [{ phase_index: 1, rule_text: [], rules: { version: 1 }, own_rules: { version: 1, max_loss: { amount: { percent_of_initial: 1000 } } } }],
} as unknown as Schemas["TemplateResponse"];

describe("a program that is changed", () => {
  it("sends nothing when nothing was changed", () => {
    expect(isEmpty(changesOf(draftOf(template), template) ?? { name: "" })).toBe(true);
  });

  it("sends only what differs, amounts as text", () => {
    const draft = draftOf(template);
    draft.values["fee_amount"] = "259.10";
    draft.values["ea_allowed"] = "false";
    draft.values["sort_index"] = "3";
    expect(changesOf(draft, template)).toEqual({ fee_amount: "259.10", ea_allowed: false, sort_index: 3 });
  });

  it("sends all phases when one differs, each with the rules of its own", () => {
    const draft = draftOf(template);
    draft.phases = anotherPhase(draft.phases);
    const body = changesOf(draft, template);
    expect(body?.phases).toHaveLength(2);
    expect(body?.phases?.[0]).toMatchObject({ rules: { version: 1 } });
    expect(body?.phases?.[1]).toMatchObject({ name: "Phase 2", group_id: "g", rules: null });
  });

  it("changes a number in the phase's own rules too, and tells which it has no place for", () => {
    const draft = draftOf(template);
    const [phase] = draft.phases;
    if (!phase) throw new Error("no phase");
    Object.assign(phase, { values: { ...phase.values, max_loss_pct: "8", profit_target_pct: "9" } });
    expect(changesOf(draft, template)?.phases?.[0]).toMatchObject({ max_loss_pct: "8", rules: { max_loss: { amount: { percent_of_initial: 800 } } } });
    expect(withoutPlace(phase)).toEqual(["profit_target_pct"]);
    expect(withoutPlace({ ...phase, source: "numbers" })).toEqual([]);
  });

  it("sends a rule set that was written by hand, without the numbers that it says itself", () => {
    const draft = draftOf(template);
    const phase = draft.phases[0];
    if (phase) Object.assign(phase, { source: "json", rules: '{"version":1}' });
    expect(changesOf(draft, template)?.phases?.[0]).toEqual({
      name: "Evaluation",
      phase_type: "evaluation",
      group_id: "g",
      account_size: "100000",
      rules: { version: 1 },
    });
  });

  it("is nothing to send while a rule set is no JSON", () => {
    const draft = draftOf(template);
    const phase = draft.phases[0];
    if (phase) Object.assign(phase, { source: "json", rules: "{" });
    expect(changesOf(draft, template)).toBeNull();
  });

  it("goes on upon what somebody else has saved, and tells where both have written", () => {
    const draft = draftOf(template);
    draft.values["fee_amount"] = "259";
    draft.values["sort_index"] = "3";
    const next = { ...template, fee_amount: 300, name: "Dash", phases: [{ ...PHASE, daily_dd_pct: 4 }] } as unknown as typeof template;
    const { draft: after, both } = rebased(draft, template, next);
    expect(changesOf(after, next)).toEqual({ fee_amount: "259", sort_index: 3 });
    expect(both).toEqual(["Price"]);
  });
});
