import { describe, expect, it } from "vitest";

import { floorsOf, pointsOf, seriesOf } from "./curve";

const stored = (second: number, equity: number, floor: number | null = 90) => ({
  account_id: "a",
  account_login: "1",
  at: `2026-05-07T13:20:0${second}.000000Z`,
  equity,
  balance: 100,
  daily_floor: null,
  max_loss_floor: floor,
  open_positions: 1,
});
const began = { at: "2026-05-07T13:20:00.000000Z", equity: 100, balance: 100 };

const NONE = { daily: null, total: null };

describe("the curve of an account", () => {
  it("goes from its beginning over what is stored to now, oldest first", () => {
    const now = { at: "2026-05-07T13:20:09.000000Z", equity: "104.5", balance: "100" };
    const points = pointsOf([stored(5, 103), stored(2, 99)], began, now, NONE);
    expect(points.map((point) => point.equity)).toEqual([100, 99, 103, 104.5]);
    expect(points.map((point) => point.total)).toEqual([90, 90, 90, 90]);
  });

  it("has each instant once, and no now before what is stored", () => {
    const points = pointsOf([stored(5, 103), stored(0, 98)], began, { ...began, equity: 1 }, NONE);
    expect(points.map((point) => point.equity)).toEqual([98, 103]);
  });

  it("draws only lines that have a value", () => {
    const names = (points: ReturnType<typeof pointsOf>, target: number | null) => seriesOf(points, target, false).map((it) => it.name);
    expect(names(pointsOf([stored(2, 99)], began, null, NONE), 108)).toEqual(["Equity", "Balance", "Maximum loss floor", "Target"]);
    expect(names(pointsOf([], began, null, NONE), null)).toEqual(["Equity", "Balance"]);
  });

  it("has the present floors from the beginning where nothing that is stored tells of them", () => {
    const floors = floorsOf([{ rule_type: "daily_loss", level: "95" }, { rule: "max_loss", level: 91 }]);
    const now = { at: "2026-05-07T13:20:09.000000Z", equity: 104, balance: 100 };
    const bare = pointsOf([stored(2, 99, null)], began, now, floors);
    expect(bare.map((point) => [point.daily, point.total])).toEqual([[95, 91], [95, 91], [95, 91]]);
    const told = pointsOf([stored(2, 99)], began, now, floors);
    expect(told.map((point) => point.total)).toEqual([90, 90, 90]);
    expect(pointsOf([], began, null, floors)).toMatchObject([{ daily: 95, total: 91 }]);
  });
});
