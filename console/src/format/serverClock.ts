import { useSyncExternalStore } from "react";

import { millis, type Instant } from "./time";

// A demo's clock may stand still, and a browser's may be wrong: what is left is reckoned by the server's.
let offset = 0;
let now = Date.now();
/// Time that was moved is shown at once, and not with the next second.
const LEAP = 2_000;
const hearers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/// Takes in the instant at which the server says an answer was true.
export function noteServerTime(asOf: Instant) {
  const said = millis(asOf);
  if (Number.isNaN(said)) return;
  offset = said - Date.now();
  if (Math.abs(serverNow() - now) > LEAP) beat();
}

export const serverNow = () => Date.now() + offset;

function beat() {
  now = serverNow();
  for (const hear of hearers) hear();
}

function hear(listener: () => void) {
  hearers.add(listener);
  if (hearers.size === 1) {
    now = serverNow();
    timer = setInterval(beat, 1000);
  }
  return () => {
    hearers.delete(listener);
    if (hearers.size === 0) clearInterval(timer);
  };
}

/// The server's time in milliseconds, new each second. One timer serves everybody who looks.
export const useServerNow = () => useSyncExternalStore(hear, () => now);
