import { describe, expect, it } from "vitest";

import { agoText, leftText, timeText, zoneText } from "./time";

const MINUTE = 60_000;

describe("what is left", () => {
  it("is told in its two largest parts", () => {
    expect(leftText(26 * 60 * MINUTE)).toBe("1 d 2 h");
    expect(leftText(3 * 60 * MINUTE + 12 * MINUTE + 5_000)).toBe("3 h 12 min");
    expect(leftText(61_000)).toBe("1 min 1 s");
    expect(leftText(60 * 60 * MINUTE)).toBe("2 d 12 h");
  });

  it("leaves out a part that is nothing", () => expect(leftText(60 * MINUTE + 5_000)).toBe("1 h"));

  it("is never below zero", () => expect(leftText(-5)).toBe("0 s"));
});

describe("an instant", () => {
  it("is shown in any zone", () => {
    const at = "2026-11-22T23:30:00.000000Z";
    expect(timeText(at, "minute", "UTC")).toBe("22 Nov 2026, 23:30");
    expect(timeText(at, "clock", "Europe/Berlin")).toBe("00:30");
    expect(zoneText(at, "Europe/Berlin")).toBe("CET");
  });

  it("may come as unix seconds", () => expect(timeText(1795343266, "day", "UTC")).toBe("22 Nov 2026"));

  it("that is over is told by how long ago", () => {
    expect(agoText(1000, 1_000_000 + 2 * MINUTE)).toBe("2 min ago");
    expect(agoText(1000, 1_001_000)).toBe("just now");
  });
});
