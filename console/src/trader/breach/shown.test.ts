import { expect, it } from "vitest";

import { digitsIn, shapeFor } from "./shown";

const tick = (symbol: string, bid: number, ask: number) => ({ symbol, bid, ask }) as NonNullable<Parameters<typeof digitsIn>[0]["tick"]>;

it("the prices of one symbol have the same digits", () => {
  const digits = digitsIn({
    tick: tick("DEMOWAVE", 105.5, 105.52),
    previous_tick: tick("DEMOWAVE", 106, 106),
    prices: [tick("EURUSD", 1.1, 1.10005)],
    positions_closed: [],
  });
  expect([digits("DEMOWAVE"), digits("EURUSD"), digits("GBPUSD")]).toEqual([2, 5, 0]);
});

it("what happened within a second is told with fractions", () => {
  expect(shapeFor("2026-11-22T10:00:00.500Z", "2026-11-22T10:00:00Z")).toBe("fraction");
  expect(shapeFor("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T10:00:02Z", null)).toBe("second");
});
