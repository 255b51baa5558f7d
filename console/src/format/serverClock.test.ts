import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { noteServerTime, useServerNow } from "./serverClock";

beforeEach(() => vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") }));
afterEach(() => vi.useRealTimers());

it("what is left is reckoned by the server's clock, which may be another one and may leap", () => {
  const { result, unmount } = renderHook(() => useServerNow());
  act(() => noteServerTime("2026-03-01T12:00:00Z"));
  expect(new Date(result.current).toISOString()).toBe("2026-03-01T12:00:00.000Z");
  act(() => void vi.advanceTimersByTime(5_000));
  expect(new Date(result.current).toISOString()).toBe("2026-03-01T12:00:05.000Z");
  act(() => noteServerTime("nonsense"));
  expect(new Date(result.current).toISOString()).toBe("2026-03-01T12:00:05.000Z");
  unmount();
  expect(vi.getTimerCount()).toBe(0);
});
