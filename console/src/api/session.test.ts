import { beforeEach, describe, expect, it, vi } from "vitest";

import type { SignedIn } from "./session";

const FUTURE = "2099-01-01T00:00:00Z";

function answer(status: number, body: unknown = null) {
  return new Response(body === null ? null : JSON.stringify(body), { status });
}

const signedIn = (token: string, expires = FUTURE) => ({ signed_in: true, csrf_token: token, expires_at: expires, demo: false });

/// Answers in turn by method and path, and keeps what was asked.
function server(replies: Record<string, (() => Response)[]>) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request);
    const name = `${request.method} ${new URL(request.url).pathname}`;
    const next = replies[name]?.shift();
    if (!next) throw new Error(`nobody answers ${name}`);
    return Promise.resolve(next());
  });
  return asked;
}

const names = (asked: Request[]) => asked.map((it) => `${it.method} ${new URL(it.url).pathname}`);

describe("the session", () => {
  beforeEach(() => {
    vi.resetModules();
    vi.stubGlobal("navigator", { locks: { request: (_: string, run: () => unknown) => run() } });
  });

  const request = (method: string) => new Request("http://localhost:3000/thing", { method });

  it("sends its token with what changes something, and with nothing else", async () => {
    const asked = server({
      "GET /console/session": [() => answer(200, signedIn("t1"))],
      "GET /thing": [() => answer(200)],
      "POST /thing": [() => answer(200)],
    });
    const { loadSession, sessionFetch } = await import("./session");
    await loadSession();
    await sessionFetch(request("GET"));
    await sessionFetch(request("POST"));
    expect(asked.map((it) => it.headers.get("X-CSRF-Token"))).toEqual([null, null, "t1"]);
  });

  it("is renewed once after a 401, and the request goes again with the new token", async () => {
    const asked = server({
      "GET /console/session": [() => answer(200, signedIn("t1")), () => answer(200, signedIn("t1"))],
      "POST /thing": [() => answer(401), () => answer(200)],
      "POST /console/session/refresh": [() => answer(200, signedIn("t2", "2099-01-02T00:00:00Z"))],
    });
    const { loadSession, sessionFetch } = await import("./session");
    await loadSession();
    expect((await sessionFetch(request("POST"))).status).toBe(200);
    expect(names(asked).slice(1)).toEqual([
      "POST /thing",
      "GET /console/session",
      "POST /console/session/refresh",
      "POST /thing",
    ]);
    expect(asked.at(-1)?.headers.get("X-CSRF-Token")).toBe("t2");
  });

  it("takes over what another tab has renewed", async () => {
    const asked = server({
      "GET /console/session": [() => answer(200, signedIn("t1")), () => answer(200, signedIn("t2", "2099-01-02T00:00:00Z"))],
      "GET /thing": [() => answer(401), () => answer(200)],
    });
    const { loadSession, sessionFetch } = await import("./session");
    await loadSession();
    expect((await sessionFetch(request("GET"))).status).toBe(200);
    expect(names(asked)).not.toContain("POST /console/session/refresh");
  });

  it("that cannot be renewed is over", async () => {
    server({
      "GET /console/session": [() => answer(200, signedIn("t1")), () => answer(200, { signed_in: false, demo: true })],
      "GET /thing": [() => answer(401)],
      "POST /console/session/refresh": [() => answer(401)],
    });
    const { hearSession, loadSession, sessionFetch } = await import("./session");
    await loadSession();
    const heard = vi.fn();
    hearSession(heard);
    expect((await sessionFetch(request("GET"))).status).toBe(401);
    expect(heard).toHaveBeenCalledExactlyOnceWith({ signed_in: false, demo: true });
  });

  it("that has run out is brought back when the console is opened", async () => {
    const out = { signed_in: false, demo: false, can_refresh: true };
    const asked = server({
      "GET /console/session": [() => answer(200, out), () => answer(200, out)],
      "POST /console/session/refresh": [() => answer(200, signedIn("t1"))],
    });
    const { loadSession } = await import("./session");
    expect((await loadSession()).signed_in).toBe(true);
    expect(names(asked).at(-1)).toBe("POST /console/session/refresh");
  });

  it("is renewed before it ends, unless the clocks say nothing about it", async () => {
    const { dueForRenewal } = await import("./session");
    const held = { ...signedIn("t"), expires_at: "2026-01-01T00:10:00Z" } as SignedIn;
    const begun = Date.parse("2026-01-01T00:00:00Z");
    expect(dueForRenewal(held, begun, begun + 60_000)).toBe(false);
    expect(dueForRenewal(held, begun, begun + 9.5 * 60_000)).toBe(true);
    expect(dueForRenewal(held, begun + 3_600_000, begun + 3_600_000)).toBe(false);
  });

  it("of somebody else in another tab is noticed, and nothing is done in his name", async () => {
    const other = { ...signedIn("t9"), session_id: "other" };
    const asked = server({
      "GET /console/session": [() => answer(200, { ...signedIn("t1"), session_id: "own" }), () => answer(200, other)],
      "POST /thing": [() => answer(403)],
    });
    const { hearSession, loadSession, sessionFetch } = await import("./session");
    await loadSession();
    const heard = vi.fn();
    hearSession(heard);
    expect((await sessionFetch(request("POST"))).status).toBe(403);
    expect(heard).toHaveBeenCalledExactlyOnceWith(other);
    expect(names(asked).filter((name) => name === "POST /thing")).toHaveLength(1);
  });

  it("tells that the server was not reached", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    const { sessionFetch } = await import("./session");
    await expect(sessionFetch(request("GET"))).rejects.toThrow("could not be reached");
  });
});
