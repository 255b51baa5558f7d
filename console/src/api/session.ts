import { ApiError, Unreachable } from "./errors";

/// What `GET /console/session` answers.
export interface SignedIn {
  signed_in: true;
  demo: boolean;
  kind: "customer" | "user";
  csrf_token: string;
  session_id: string;
  name: string;
  email: string;
  brand: string;
  permissions: string[] | null;
  /// When the session wants to be renewed.
  expires_at: string;
  /// The brand wants a second factor, which has to be set up before anything else.
  totp_enrollment_required?: boolean | null;
}

export interface SignedOut {
  signed_in: false;
  demo: boolean;
  /// A session that has run out may be brought back.
  can_refresh?: boolean;
}

export type Session = SignedIn | SignedOut;

export interface Credentials {
  kind: "customer" | "user";
  email: string;
  password: string;
  totp_code?: string;
  brand?: string;
}

const PATH = "/console/session";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const RENEW_BEFORE = 60_000;

let session: Session | null = null;
const hearers = new Set<(session: Session) => void>();

export function hearSession(listener: (session: Session) => void) {
  hearers.add(listener);
  return () => hearers.delete(listener);
}

function settle(next: Session): Session {
  session = next;
  for (const hear of hearers) hear(next);
  return next;
}

async function read(path: string, init: RequestInit): Promise<Session> {
  const answer = await reach(new Request(absolute(path), init));
  const body: unknown = await answer.json().catch(() => null);
  // A second factor is asked for with a 202, which is no session.
  if (!answer.ok || answer.status === 202) throw new ApiError(answer.status, body, answer.headers);
  return body as Session;
}

const ask = async (path: string, init: RequestInit) => settle(await read(path, init));

const absolute = (path: string) => new URL(path, window.location.origin);

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Unreachable();
  }
}

function withToken(headers: HeadersInit = {}): Headers {
  const all = new Headers(headers);
  if (session?.signed_in) all.set("X-CSRF-Token", session.csrf_token);
  return all;
}

export async function loadSession(): Promise<Session> {
  const found = await read(PATH, { cache: "no-store" });
  if (found.signed_in || !found.can_refresh) return settle(found);
  await renewOnce();
  return session ?? settle(found);
}

export function signIn(credentials: Credentials): Promise<Session> {
  const headers = withToken({ "Content-Type": "application/json" });
  return ask(PATH, { method: "POST", headers, body: JSON.stringify(credentials) });
}

export async function signOut(): Promise<void> {
  const demo = session?.demo ?? false;
  const answer = await reach(new Request(absolute(PATH), { method: "DELETE", headers: withToken() }));
  // 401 says that it has ended already, which is what was wanted.
  if (!answer.ok && answer.status !== 401) {
    throw new ApiError(answer.status, await answer.json().catch(() => null), answer.headers);
  }
  settle({ signed_in: false, demo });
}

/// Makes the session live on. Of several tabs one asks; the others take over what it got.
async function renew(): Promise<boolean> {
  const before = session?.signed_in ? session.expires_at : null;
  return navigator.locks.request("touchstone.session", async () => {
    const now = await read(PATH, { cache: "no-store" });
    if (now.signed_in && now.expires_at !== before) {
      settle(now);
      return true;
    }
    if (!now.signed_in && now.can_refresh === false) {
      settle(now);
      return false;
    }
    try {
      const renewed = await ask(`${PATH}/refresh`, { method: "POST", headers: withToken() });
      return renewed.signed_in;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      settle({ signed_in: false, demo: now.demo });
      return false;
    }
  });
}

let renewing: Promise<boolean> | null = null;

export function renewOnce(): Promise<boolean> {
  renewing ??= renew().finally(() => (renewing = null));
  return renewing;
}

/// Whether it is time, for a session that was heard of at `heard`. Where the clocks of server and browser differ by more than
/// a session lives, nothing can be said: a 401 says it then.
export function dueForRenewal(it: SignedIn, heard: number, now: number): boolean {
  const ends = Date.parse(it.expires_at);
  return ends - heard > RENEW_BEFORE && ends - now < RENEW_BEFORE;
}

/// `fetch` for the API: with the token that unsafe requests need, and once more after a 401 that a renewal mends.
export async function sessionFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await reach(signed(request));
  if (!session?.signed_in) return answer;
  if (answer.status === 403 && !SAFE.has(request.method)) await noticeAnother(session.session_id);
  if (answer.status !== 401) return answer;
  return (await renewOnce()) ? reach(signed(again)) : answer;
}

/// Somebody else may have signed in in another tab: his cookies go with our token, and the server refuses. What was asked is
/// not asked again in his name.
async function noticeAnother(ours: string) {
  const now = await read(PATH, { cache: "no-store" });
  if (!now.signed_in || now.session_id !== ours) settle(now);
}

function signed(request: Request): Request {
  if (SAFE.has(request.method)) return request;
  return new Request(request, { headers: withToken(request.headers) });
}
