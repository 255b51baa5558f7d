import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { useStream, waitBefore } from "./useStream";

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly path: string) {
    super();
    FakeSource.all.push(this);
  }

  close() {
    this.readyState = 2;
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  fail(forGood: boolean) {
    this.readyState = forGood ? 2 : 0;
    this.onerror?.();
  }
}

describe("a stream", () => {
  beforeEach(() => {
    FakeSource.all = [];
    vi.stubGlobal("EventSource", FakeSource);
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  const start = (on = vi.fn()) => {
    const hook = renderHook(() => useStream({ path: "/s?a=1", events: ["state"], on, resume: "last" }));
    act(() => void vi.advanceTimersByTime(50));
    return { ...hook, on, source: () => FakeSource.all.at(-1) as FakeSource };
  };

  it("says that it is live, and hands on what it hears", () => {
    const { result, source, on } = start();
    expect(result.current).toBe("connecting");
    act(() => source().open());
    expect(result.current).toBe("live");
    act(() => void source().dispatchEvent(new MessageEvent("state", { data: '{"a":1}' })));
    expect(on).toHaveBeenCalledWith({ a: 1 }, "state");
  });

  it("gives its connection back while nobody sees the page, and goes on where it was", () => {
    const { source } = start();
    act(() => source().open());
    act(() => void source().dispatchEvent(new MessageEvent("state", { data: "1", lastEventId: "7" })));
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    expect(source().readyState).toBe(2);
    hidden.mockReturnValue(false);
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    expect(FakeSource.all).toHaveLength(2);
    expect(source().path).toBe("/s?a=1&last=7");
  });

  it("leaves short breaks to the browser, which resumes by itself", () => {
    const { result, source } = start();
    act(() => source().open());
    act(() => source().fail(false));
    expect(result.current).toBe("reconnecting");
    act(() => source().open());
    expect(result.current).toBe("live");
    expect(FakeSource.all).toHaveLength(1);
  });

  it("is opened anew where the browser has given up, and goes on after the last event", () => {
    const { source, result } = start();
    expect(source().path).toBe("/s?a=1");
    act(() => void source().dispatchEvent(new MessageEvent("state", { data: "{}", lastEventId: "41" })));
    act(() => source().fail(true));
    act(() => void vi.advanceTimersByTime(1_000));
    expect(FakeSource.all.map((it) => it.path)).toEqual(["/s?a=1", "/s?a=1&last=41"]);
    act(() => source().open());
    expect(result.current).toBe("live");
  });

  it("waits until it is settled what is to be heard", () => {
    const { rerender } = renderHook(({ path }) => useStream({ path, events: ["state"], on: vi.fn() }), { initialProps: { path: "/a" } });
    rerender({ path: "/b" });
    act(() => void vi.advanceTimersByTime(50));
    expect(FakeSource.all.map((it) => it.path)).toEqual(["/b"]);
  });

  it("ends with its page", () => {
    const { source, unmount } = start();
    unmount();
    expect(source().readyState).toBe(2);
  });

  it("waits longer with each try, and never too long", () => {
    expect(waitBefore(0, 1)).toBe(1_000);
    expect(waitBefore(3, 1)).toBe(8_000);
    expect(waitBefore(50, 1)).toBe(30_000);
    expect(waitBefore(3, 0)).toBe(4_000);
  });
});
