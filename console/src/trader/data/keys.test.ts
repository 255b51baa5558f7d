import { expect, it } from "vitest";

import { Intents, numberOf } from "./keys";

it("an id of the one dialect tells the number of the other", () => {
  expect(numberOf("393db44e-2eec-85f7-8000-000000000001")).toBe(1);
  expect(numberOf("9798663f-b74c-8848-8000-0000001e8482")).toBe(2000002);
});

it("an intent keeps its key until its outcome is known, whatever else is wanted meanwhile", () => {
  const intents = new Intents();
  const key = intents.keyOf({ side: "buy", volume: "1" });
  expect(intents.keyOf({ side: "sell", volume: "1" })).not.toBe(key);
  expect(intents.keyOf({ side: "buy", volume: "1" })).toBe(key);
  intents.ended({ side: "buy", volume: "1" });
  expect(intents.keyOf({ side: "buy", volume: "1" })).not.toBe(key);
});
