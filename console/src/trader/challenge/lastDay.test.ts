import { expect, it } from "vitest";

import type { Phase, State } from "./context";
import { lastDay } from "./lastDay";

const phase = (part: object = {}) =>
  ({ id: 7, account_login: 12, end_time: 0, final_equity: 0, latest_metric: { daily_start_equity: 100_000 }, ...part }) as Phase;
const state = { login: "12", equity: "100250.50", journey: { day_start: "100000.00" } } as State;
const closed = (end_time: number) => [{ phase_id: 7, end_time }] as Parameters<typeof lastDay>[2];

it("a running day is told from how the account stands", () => {
  expect(lastDay(phase(), state, [])).toEqual({ over: false, at: 0, profit: "250.50", equity: "100250.50" });
  expect(lastDay(phase(), null, [])).toBeNull();
  expect(lastDay(phase(), { ...state, login: "13" }, [])).toBeNull();
});

it("the day on which a phase ended is told, unless it has closed", () => {
  const over = phase({ end_time: 500, final_equity: 96_900 });
  expect(lastDay(over, state, closed(400))).toEqual({ over: true, at: 500, profit: "-3100", equity: 96_900 });
  expect(lastDay(over, state, closed(500))).toBeNull();
});
