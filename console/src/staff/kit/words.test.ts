import { describe, expect, it } from "vitest";

import { ruleName, valueText, words } from "./words";

describe("names of the server", () => {
  it("are read as words", () => {
    expect(words("ChallengeFeeRefund")).toBe("Challenge fee refund");
    expect(words("awaiting_second_approval")).toBe("Awaiting second approval");
    expect(words("payout.approve")).toBe("Payout approve");
    expect(words("set_kyc")).toBe("Set KYC");
    expect(words("reset_staff_totp")).toBe("Reset staff second factor");
  });

  it("are told as firms call their rules", () => {
    expect(ruleName("max_loss")).toBe("Maximum loss");
    expect(ruleName("no_copy_trading")).toBe("No copy trading");
  });

  it("have values that fit into a line", () => {
    expect(valueText(null)).toBe("nothing");
    expect(valueText({ price: "0.00 USD", of: { steps: [1] } })).toBe("Price: 0.00 USD, Of: Steps: [1]");
    expect(valueText({})).toBe("empty");
    expect(valueText("x")).toBe("x");
  });
});
