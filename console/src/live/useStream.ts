import { useEffect, useRef, useState } from "react";

export type LiveState = "connecting" | "live" | "reconnecting" | "off";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

export interface Stream {
  /// The path with its query, or null for no stream.
  path: string | null;
  /// The kinds of events to hear; their data is JSON.
  events: string[];
  on: (data: unknown, event: string) => void;
  /// Called when the stream goes on after something may have been missed.
  onGap?: () => void;
}

/// How long to wait before try number `tries`, so that a server that comes back is not met by all at once.
export function waitBefore(tries: number, chance = Math.random()): number {
  const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 10));
  return most / 2 + (most / 2) * chance;
}

/// One EventSource that is opened again when it fails. The browser resumes by the last event that it heard; where it has
/// given up, what came in between is not told, and `onGap` says so.
export function useStream({ path, events, on, onGap }: Stream): LiveState {
  const [told, setTold] = useState<{ path: string | null; state: LiveState }>({ path: null, state: "off" });
  const heard = useRef({ on, onGap });
  const kinds = events.join(",");

  useEffect(() => {
    heard.current = { on, onGap };
  });

  useEffect(() => {
    if (!path) return;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;
    let gap = false;
    const setState = (state: LiveState) => setTold({ path, state });

    const open = () => {
      source = new EventSource(path);
      source.onopen = () => {
        tries = 0;
        setState("live");
        if (gap) heard.current.onGap?.();
        gap = false;
      };
      source.onerror = () => {
        setState("reconnecting");
        // The browser tries again by itself unless the server refused the stream.
        if (source?.readyState !== EventSource.CLOSED) return;
        gap = true;
        timer = setTimeout(open, waitBefore(tries));
        tries += 1;
      };
      for (const kind of kinds.split(",")) source.addEventListener(kind, take);
    };
    const take = (event: MessageEvent<string>) => {
      heard.current.on(JSON.parse(event.data), event.type);
    };

    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [path, kinds]);

  if (!path) return "off";
  return told.path === path ? told.state : "connecting";
}
