import { useMutation, type UseMutationOptions } from "@tanstack/react-query";
import { useRef } from "react";

/// Within so many milliseconds two clicks are a double one.
const DOUBLE_CLICK = 500;

/// A mutation that a double click begins once. `isPending` is of the last render, and the second click comes before the next
/// one; or it comes after a fast answer, and then asks for what was just done.
export function useOnce<Data, What = void>(options: UseMutationOptions<Data, Error, What>) {
  const runs = useRef(false);
  const done = useRef({ what: "", begun: -Infinity });
  const run = useMutation(options);
  const mutate = (what: What) => {
    const begun = performance.now();
    const text = JSON.stringify([what]);
    if (runs.current || (done.current.what === text && begun - done.current.begun < DOUBLE_CLICK)) return;
    runs.current = true;
    void run
      .mutateAsync(what)
      .then(
        () => {
          done.current = { what: text, begun };
        },
        // What went wrong stands in `error`.
        () => undefined,
      )
      .finally(() => {
        runs.current = false;
      });
  };
  return { ...run, mutate };
}
