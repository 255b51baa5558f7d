import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";

import { useOnce } from "./useOnce";

afterEach(cleanup);

function begin(send: (what: string) => Promise<string>) {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => createElement(QueryClientProvider, { client }, children);
  return renderHook(() => useOnce<string, string>({ mutationFn: send }), { wrapper });
}

it("a second click before the first one's answer does nothing", async () => {
  const send = vi.fn((what: string) => Promise.resolve(what));
  const { result } = begin(send);
  act(() => {
    result.current.mutate("a");
    result.current.mutate("a");
  });
  await waitFor(() => expect(result.current.data).toBe("a"));
  expect(send).toHaveBeenCalledTimes(1);
});

it("what has ended, well or not, can be done again", async () => {
  const send = vi.fn((what: string) => (what === "bad" ? Promise.reject(new Error(what)) : Promise.resolve(what)));
  const { result } = begin(send);
  act(() => result.current.mutate("bad"));
  await waitFor(() => expect(result.current.isError).toBe(true));
  act(() => result.current.mutate("good"));
  await waitFor(() => expect(result.current.data).toBe("good"));
  act(() => result.current.mutate("better"));
  await waitFor(() => expect(result.current.data).toBe("better"));
});

it("the second click of a double one does nothing after a fast answer either", async () => {
  const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
  const send = vi.fn((what: string) => Promise.resolve(what));
  const { result } = begin(send);
  const click = async (what: string, at: number) => {
    clock.mockReturnValue(at);
    await act(async () => {
      result.current.mutate(what);
      await Promise.resolve();
    });
    await waitFor(() => expect(result.current.isPending).toBe(false));
  };
  await click("a", 1_000);
  await click("a", 1_200);
  expect(send).toHaveBeenCalledTimes(1);
  await click("b", 1_300);
  expect(send).toHaveBeenCalledTimes(2);
  await click("b", 2_000);
  expect(send).toHaveBeenCalledTimes(3);
});
