import { words } from "../format/words";

/// One place where something of a request does not fit.
export interface Fault {
  where: string;
  message: string;
}

/// What a refused request says, of either dialect.
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: Fault[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  /// The whole answer, for what some codes tell beside their text.
  readonly body: unknown;

  constructor(status: number, body: unknown, headers: Headers) {
    const told = wording(body);
    super(told.message || `The server answered with ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = told.code || String(status);
    this.faults = told.faults;
    this.requestId = headers.get("x-request-id");
    const seconds = Number(headers.get("retry-after"));
    this.retryAfter = headers.has("retry-after") && seconds >= 0 ? seconds : null;
    this.body = body;
  }

  /// The code without its dialect: `NOT_FOUND` and `not_found` are one.
  get kind() {
    return this.code.toUpperCase();
  }

  /// The address names something that cannot be: what stands in the path does not even read.
  get isWrongAddress() {
    const { detail, field } = (this.body ?? {}) as Record<string, unknown>;
    if (this.status === 400) return this.kind === "INVALID_DATA" && field === "id";
    return this.status === 422 && Array.isArray(detail) && detail.length > 0 && detail.every(isOfPath);
  }
}

/// The server could not be reached, so that nobody knows what became of the request.
export class Unreachable extends Error {
  constructor() {
    super("The server could not be reached");
    this.name = "Unreachable";
  }
}

const isOfPath = (item: unknown) => (item as { loc?: unknown[] }).loc?.[0] === "path";

interface Told {
  code: string;
  message: string;
  faults: Fault[];
}

function wording(body: unknown): Told {
  if (typeof body !== "object" || body === null) return { code: "", message: "", faults: [] };
  const { error, message, detail, field, faults } = body as Record<string, unknown>;
  const code = typeof error === "string" ? error : "";
  if (Array.isArray(detail)) {
    const found = detail.map(ofSlate);
    return { code, message: "Something in the form does not fit.", faults: found };
  }
  const text = typeof message === "string" ? message : typeof detail === "string" ? detail : "";
  if (Array.isArray(faults)) return { code, message: text, faults: faults.map(ofProgram) };
  if (typeof field === "string") return { code, message: text, faults: [{ where: field, message: text }] };
  return { code, message: text, faults: [] };
}

function ofSlate(item: unknown): Fault {
  const { loc, msg } = item as { loc?: unknown[]; msg?: string };
  const path = (loc ?? []).filter((part) => part !== "body" && part !== "query" && part !== "path");
  // As those say it who read Slate's answers; to a person it says nothing.
  return { where: path.join("."), message: (msg ?? "").replace(/^Value error, /, "") };
}

function ofProgram(item: unknown): Fault {
  const { field, loc, message, msg, code } = item as Record<string, unknown>;
  const where = Array.isArray(loc) ? loc.join(".") : typeof field === "string" ? field : "";
  return { where, message: String(message ?? msg ?? code ?? "") };
}

/// What a person can do next. Codes that explain themselves are not here.
const ADVICE: Record<string, string> = {
  UNAUTHORIZED: "Sign in again.",
  INVALID_CUSTOMER_SESSION: "Sign in again.",
  INVALID_CREDENTIALS: "Check the e-mail address and the password.",
  TOTP_REQUIRED: "Enter the code that your authenticator app shows now.",
  INVALID_TOTP_CODE: "Wait for the next code of your app, and enter it.",
  BRAND_REQUIRED: "The address is known in several brands: name the one you mean.",
  NOT_ENOUGH_FUNDS: "Deposit into the wallet first, pay from another wallet, or pay at the cashier.",
  INSUFFICIENT_FUNDS: "Ask for less, or deposit first.",
  CURRENCY_CONVERSION_REQUIRED: "Choose a wallet in the currency of the price.",
  CONVERSION_RATE_STALE: "Try again in a minute, when there is a fresh rate.",
  AGREEMENTS_NOT_ACCEPTED: "Read and accept the agreements of your account first.",
  TOO_MANY_PENDING_JOURNEYS: "Pay or cancel one that waits, then enrol again.",
  ACCOUNT_NOT_TRADED: "The phase of this account is over. Look at its challenge for what comes next.",
  MARKET_CLOSED: "Trade something whose market is open, or wait until it opens.",
  NO_PRICE: "Wait for a first price, or trade another instrument.",
  STALE_PRICE: "Wait for a fresh price, then send it again.",
  BAD_VOLUME: "Change the volume to a whole number of steps within the limits.",
  BAD_STOPS: "Move the stop or target further from the price, to the right side of it.",
  NO_MONEY: "Close something, or trade a smaller volume.",
  DAY_PAUSED: "Closing is still possible. Opening goes on with the next trading day.",
  OUTCOME_UNKNOWN: "Try again: under the same id it is done once at most.",
  RATE_LIMITED: "Wait a moment, then try again.",
  NOT_FOUND: "It may have been removed, or belong to somebody else.",
  FORBIDDEN: "Your role does not include this. Ask an owner of the firm.",
  TOTP_ENROLLMENT_REQUIRED: "Set up your second factor first.",
  UNAVAILABLE: "Nothing was changed. Try again in a moment.",
  DESK_UNAVAILABLE: "Nothing was changed. Try again in a moment.",
  DESK_OVERLOADED: "Nothing was changed. Try again in a moment.",
  INTERNAL_ERROR: "Tell support the request number below.",
};

/// What happened and how to go on, of whatever was thrown.
export function explain(error: unknown): { title: string; advice: string | null; faults: Fault[] } {
  if (error instanceof Unreachable) {
    return { title: error.message, advice: "Check your connection, then try again.", faults: [] };
  }
  if (!(error instanceof ApiError)) {
    return { title: "The console made a mistake", advice: "Load the page again.", faults: [] };
  }
  if (error.isWrongAddress) {
    return { title: "This page is not here", advice: "The address may be mistyped, or what it names may be gone.", faults: [] };
  }
  const wait = error.retryAfter ? ` It can go on in ${error.retryAfter} s.` : "";
  const advice = ADVICE[error.kind] ?? (error.status >= 500 ? "Try again in a moment." : null);
  return { title: error.message, advice: advice ? advice + wait : wait.trim() || null, faults: error.faults };
}

/// Whether a fault is about a field of a form, as a whole or one part of it.
export function isAbout(fault: Fault, field: string): boolean {
  return fault.where === field || fault.where.endsWith(`.${field}`) || fault.where.startsWith(`${field}.`);
}

/// The fault of one field of a form, if the server named it, as a sentence.
export function faultOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.faults.find((fault) => isAbout(fault, field));
  return found && sentence(found.message);
}

/// Where a fault is, for people: `phases.0.max_loss` is `Phases › 1 › Max loss`.
export function placeText(where: string): string {
  return where
    .split(".")
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : words(part)))
    .join(" › ");
}

/// The server's texts are parts of sentences.
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) || !begun ? begun : `${begun}.`;
}
