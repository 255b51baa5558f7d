import type { LiveState } from "./useStream";

const WORDS: Record<LiveState, string> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  off: "Not live",
};

/// Tells whether what is shown moves by itself.
export function LiveMark({ state }: { state: LiveState }) {
  return (
    <span className="live-mark" data-state={state} role="status">
      <span className="live-dot" aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
