import { describe, expect, it } from "vitest";

import { ApiError, explain, faultOf, placeText, Unreachable } from "./errors";

const refusal = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new ApiError(status, body, new Headers(headers));

describe("an error", () => {
  it("of either dialect is told with its code, its words and its number", () => {
    const slate = refusal(404, { error: "not_found", detail: "not yours" }, { "x-request-id": "r-1" });
    expect([slate.code, slate.message, slate.requestId]).toEqual(["not_found", "not yours", "r-1"]);
    const scale = refusal(400, { error: "NOT_ENOUGH_FUNDS", message: "Payer balance is insufficient" });
    expect(explain(scale).title).toBe("Payer balance is insufficient");
    expect(explain(scale).advice).toMatch(/cashier/);
  });

  it("gives the same advice whatever the dialect", () => {
    const left = refusal(404, { error: "NOT_FOUND", message: "x" });
    const right = refusal(404, { error: "not_found", detail: "x" });
    expect(explain(left).advice).toBe(explain(right).advice);
  });

  it("names the fields that do not fit", () => {
    const error = refusal(422, {
      error: "validation_error",
      detail: [{ loc: ["body", "phone"], msg: "Field required", type: "missing" }],
    });
    expect(faultOf(error, "phone")).toBe("Field required.");
    expect(faultOf(error, "email")).toBeUndefined();
    expect(faultOf(refusal(400, { error: "INVALID_DATA", message: "too long", field: "comment" }), "comment")).toBe("Too long.");
    const part = refusal(422, { detail: [{ loc: ["body", "events", 1], msg: "Value error, there is no such kind" }] });
    expect(faultOf(part, "events")).toBe("There is no such kind.");
  });

  it("names places as people do", () => {
    expect(placeText("endpoint_url")).toBe("Endpoint URL");
    expect(placeText("phases.0.max_loss")).toBe("Phases › 1 › Max loss");
  });

  it("about what stands in the address is no fault of a form", () => {
    const slate = refusal(422, { error: "validation_error", detail: [{ loc: ["path", "breach_id"], msg: "Input should be a valid UUID" }] });
    const scale = refusal(400, { error: "INVALID_DATA", message: "`id` must be an integer", field: "id" });
    for (const error of [slate, scale]) expect(explain(error)).toMatchObject({ title: "This page is not here", faults: [] });
    expect(refusal(422, { detail: [{ loc: ["body", "phone"], msg: "Field required" }] }).isWrongAddress).toBe(false);
  });

  it("says when it can go on", () => {
    const busy = refusal(429, { error: "RATE_LIMITED", message: "Too many" }, { "retry-after": "12" });
    expect(explain(busy).advice).toBe("Wait a moment, then try again. It can go on in 12 s.");
  });

  it("that has no answer is the network's", () => expect(explain(new Unreachable()).title).toMatch(/not be reached/));

  it("with no words has its status", () => expect(refusal(502, null).message).toBe("The server answered with 502"));
});
