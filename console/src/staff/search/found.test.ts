import { describe, expect, it } from "vitest";

import { foundOf, pagesOf } from "./found";

describe("what was found", () => {
  it("leads to its page", () => {
    const hit = { id: "x-1", number: null, name: "Tina Trader", note: "trader@demo.test" };
    expect(foundOf({ ...hit, kind: "customer" })).toEqual({ to: "/staff/customers/x-1", kind: "Customer", title: "Tina Trader", note: "trader@demo.test" });
    expect(foundOf({ ...hit, kind: "account", number: 100001, note: "demo-usd" })).toMatchObject({ to: "/staff/accounts/100001", title: "100001 · Tina Trader" });
    expect(foundOf({ ...hit, kind: "purchase", number: 10, note: "stuck:close_account" })).toMatchObject({
      to: "/staff/purchases/x-1",
      note: "Stuck close account",
    });
    expect(foundOf({ ...hit, kind: "template", note: "version 2" })).toMatchObject({ to: "/staff/programs/x-1", kind: "Program" });
  });

  it("has pages by part of their name", () => {
    const pages = [
      { to: "/staff/promo-codes", name: "Promo codes" },
      { to: "/staff/news", name: "News calendar" },
    ];
    expect(pagesOf(pages, "CODE").map((it) => it.to)).toEqual(["/staff/promo-codes"]);
    expect(pagesOf(pages, " ")).toEqual([]);
  });
});
