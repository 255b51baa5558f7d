import { useEffect, useRef, useState } from "react";

export type LiveState = "connecting" | "live" | "reconnecting" | "off";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/// A page that opens may change what it wants to hear several times at once.
const SETTLES = 50;

export interface Stream {
  /// The path with its query, or null for no stream.
  path: string | null;
  /// The kinds of events to hear; their data is JSON.
  events: string[];
  on: (data: unknown, event: string) => void;
  /// The parameter by which a new connection goes on after the last event that was heard.
  resume?: string;
}

/// How long to wait before try number `tries`, so that a server that comes back is not met by all at once.
export function waitBefore(tries: number, chance = Math.random()): number {
  const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 10));
  return most / 2 + (most / 2) * chance;
}

/// One EventSource that is opened again when it fails. For a short break the browser resumes by itself; a new connection is
/// told by `resume` where the last one was, so that nothing is missed.
export function useStream({ path, events, on, resume }: Stream): LiveState {
  const [told, setTold] = useState<{ path: string | null; state: LiveState }>({ path: null, state: "off" });
  const heard = useRef(on);
  const last = useRef("");
  const kinds = events.join(",");

  useEffect(() => {
    heard.current = on;
  });

  useEffect(() => {
    if (!path) return;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;
    const setState = (state: LiveState) => setTold({ path, state });

    const open = () => {
      // Browsers keep six connections to a host for all its tabs: one that nobody sees gives its own back.
      if (document.hidden) return;
      source = new EventSource(resumed(path, resume, last.current));
      source.onopen = () => {
        tries = 0;
        setState("live");
      };
      source.onerror = () => {
        setState("reconnecting");
        // The browser tries again by itself unless the server refused the stream.
        if (source?.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(open, waitBefore(tries));
        tries += 1;
      };
      for (const kind of kinds.split(",")) source.addEventListener(kind, take);
    };
    const take = (event: MessageEvent<string>) => {
      if (event.lastEventId) last.current = event.lastEventId;
      heard.current(event.data ? JSON.parse(event.data) : null, event.type);
    };

    const seen = () => {
      clearTimeout(timer);
      source?.close();
      source = null;
      if (!document.hidden) open();
    };
    document.addEventListener("visibilitychange", seen);
    timer = setTimeout(open, SETTLES);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      clearTimeout(timer);
      source?.close();
    };
  }, [path, kinds, resume]);

  if (!path) return "off";
  return told.path === path ? told.state : "connecting";
}

/// A new EventSource cannot send `Last-Event-ID`, so the id goes into the address.
export function resumed(path: string, name: string | undefined, last: string): string {
  if (!name || !last) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(last)}`;
}
