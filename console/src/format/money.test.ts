import { describe, expect, it } from "vitest";

import { grouped, money, moneyText, percent, shortSize, signedMoney } from "./money";

describe("money", () => {
  it("has the digits of its currency", () => {
    expect(money(499, "USD")).toBe("499.00");
    expect(money("-1234567.5", "USD")).toBe("−1,234,567.50");
    expect(money("5000", "JPY")).toBe("5,000");
    expect(moneyText("0.00", "EUR")).toBe("0.00 EUR");
  });

  it("is never rounded", () => {
    expect(money("90071992547409.93", "USD")).toBe("90,071,992,547,409.93");
    expect(money("0.125", "USD")).toBe("0.125");
  });

  it("tells gains from losses", () => {
    expect(signedMoney("20", "USD")).toBe("+20.00");
    expect(signedMoney("-20", "USD")).toBe("−20.00");
    expect(signedMoney("0.00", "USD")).toBe("0.00");
  });

  it("is short where a size is meant", () => {
    expect(shortSize(100000)).toBe("100K");
    expect(shortSize("2000000")).toBe("2M");
    expect(shortSize(12500)).toBe("12,500");
  });

  it("leaves what is no number as it is", () => {
    expect(grouped("unlimited")).toBe("unlimited");
    expect(percent("8.50")).toBe("8.5 %");
  });
});
