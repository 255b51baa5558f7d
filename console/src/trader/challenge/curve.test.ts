import { expect, it } from "vitest";

import { type CurvePoint, ended, heardAlso, joined, levelled } from "./curve";

const at = (seconds: number, part: Partial<CurvePoint> = {}): CurvePoint => ({
  at: seconds,
  equity: 100,
  balance: 100,
  daily: null,
  total: null,
  idle: false,
  ...part,
});

it("a curve is in order, has each instant once, and begins with its floors", () => {
  const points = joined([at(0), at(20, { daily: 95, total: 90 }), at(10)], [at(20, { equity: 101 }), at(21)]);
  expect(points.map((point) => point.at)).toEqual([0, 10, 20, 21]);
  expect(points[0]).toMatchObject({ daily: null, total: null });
  expect(points[2]?.equity).toBe(101);
  expect(joined([at(0), at(5, { daily: 95, total: 90 })], [])[0]).toMatchObject({ daily: 95, total: 90 });
  expect(joined([], [])).toEqual([]);
});

it("what is heard twice or late is drawn once", () => {
  const points = [at(1), at(2)];
  expect(heardAlso(points, at(2))).toBe(points);
  expect(heardAlso(points, at(3))).toHaveLength(3);
});

it("a page that stays open keeps a bounded number of points", () => {
  let points: CurvePoint[] = [];
  for (let seconds = 0; seconds < 6_000; seconds += 1) points = heardAlso(points, at(seconds));
  expect(points.length).toBeLessThanOrEqual(4_000);
  expect(points[0]?.at).toBe(0);
  expect(points.at(-1)?.at).toBe(5_999);
});

it("a phase that is over ends with what the account came to", () => {
  const point = (at: number, balance: number) => ({ at, equity: 97, balance, daily: 97, total: 80, idle: false });
  const over = { end_time: 20, final_equity: 96, final_balance: 96 };
  const drawn = ended([point(10, 100), point(20, 100), point(20.5, 96), point(30, 96)], over);
  expect(drawn.map(({ at, balance, daily }) => [at, balance, daily])).toEqual([
    [10, 100, 97],
    [20, 96, 97],
  ]);
  expect(ended([point(10, 100)], { ...over, end_time: 0 })).toHaveLength(1);
});

it("nothing slopes while nothing is open", () => {
  const drawn = levelled([at(0, { idle: true }), at(60, { idle: true }), at(120, { equity: 97 }), at(180, { equity: 96, idle: true })]);
  expect(drawn.map((point) => [point.at, point.equity])).toEqual([
    [0, 100],
    [60, 100],
    [119.999, 100],
    [120, 97],
    [180, 96],
  ]);
});
