import { describe, expect, it } from "vitest";

import { compare, minus, plus, share, sign } from "./decimal";

describe("amounts", () => {
  it("are added to the last digit, where floats are not", () => {
    expect(plus("0.1", "0.2")).toBe("0.3");
    expect(plus("90071992547409.93", "0.01")).toBe("90071992547409.94");
    expect(minus("97000.00", "96980")).toBe("20.00");
    expect(minus("0.01", "0.02")).toBe("-0.01");
  });

  it("are taken as strings and as numbers", () => {
    expect(minus(100000, "96980.50")).toBe("3019.50");
    expect(compare(1.5, "1.50")).toBe(0);
    expect(compare("-2", "1")).toBe(-1);
    expect(sign("-0.00")).toBe(0);
  });

  it("refuse what is none", () => {
    expect(() => plus("1e5", "1")).toThrow(RangeError);
  });

  it("tell a share for a bar within its ends", () => {
    expect(share("3020", "3000")).toBe(1);
    expect(share("-5", "3000")).toBe(0);
    expect(share("1", "0")).toBe(0);
  });
});
