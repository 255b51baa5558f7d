import { expect, it } from "vitest";

import { moved } from "./roving";

it("arrows go from one to the next and stay within the list", () => {
  expect([moved("ArrowDown", 0, 3), moved("ArrowDown", 2, 3), moved("ArrowUp", 0, 3), moved("ArrowUp", 2, 3)]).toEqual([1, 2, 0, 1]);
  expect([moved("Home", 2, 3), moved("End", 0, 3), moved("Tab", 1, 3), moved("Enter", 1, 3)]).toEqual([0, 2, null, null]);
});
