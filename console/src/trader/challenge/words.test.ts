import { expect, it } from "vitest";

import { monthsOf } from "./months";
import { knownZone, ruleName, sentenceOf } from "./words";

it("a zone that the browser does not know is left out", () => {
  expect(knownZone("America/New_York")).toBe("America/New_York");
  expect(knownZone("Mars/Olympus")).toBeUndefined();
});

it("a rule without a name of its own is told by its code", () => {
  expect(ruleName("daily_loss")).toBe("Daily loss");
  expect(ruleName("news_window")).toBe("News window");
});

it("a calendar begins its weeks on Monday, and its months with the newest", () => {
  const [december, november] = monthsOf(["2026-11-30", "2026-12-01"]);
  expect([december?.name, november?.name]).toEqual(["December 2026", "November 2026"]);
  // The first of November 2026 is a Sunday.
  expect(november?.cells.slice(0, 8)).toEqual([null, null, null, null, null, null, "2026-11-01", "2026-11-02"]);
  expect(november?.cells).toHaveLength(36);
});

it("a message of the rules is a sentence", () => {
  expect(sentenceOf("time_up: not passed within 30 calendar days from the activation")).toBe(
    "Not passed within 30 calendar days from the activation",
  );
});
