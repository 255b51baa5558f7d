import { expect, it } from "vitest";

import { opensNext } from "./hours";

const zone = "America/New_York";
const sessions = ["Sun 17:05-Mon 16:59", "Mon 17:05-Tue 16:59", "Thu 17:05-Fri 16:55"];

it("a closed market opens with its next session, by its own clock", () => {
  // A Saturday, and a Monday at 17:00 there.
  expect(opensNext({ sessions, zone }, Date.parse("2026-11-21T15:00:00Z"))).toBe("Sun 17:05, New York");
  expect(opensNext({ sessions, zone }, Date.parse("2026-11-23T22:00:00Z"))).toBe("Mon 17:05, New York");
});

it("what cannot be read is not told", () => {
  const now = Date.parse("2026-11-21T15:00:00Z");
  expect(opensNext({ sessions: ["always"], zone: "UTC" }, now)).toBeNull();
  expect(opensNext({ sessions, zone: "Mars/Olympus" }, now)).toBeNull();
});
