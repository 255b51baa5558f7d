import createClient from "openapi-fetch";

import { ApiError } from "./errors";
import type { components, paths } from "./generated/schema";
import { sessionFetch } from "./session";

export type Schemas = components["schemas"];

/// Every operation of the server, with the types of `openapi.json`.
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: sessionFetch });

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/// What was asked for, or an `ApiError`.
export async function ask<T>(outcome: Promise<Outcome<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await outcome;
  if (!response.ok) throw new ApiError(response.status, error, response.headers);
  // An empty answer is an answer too: nobody reads what is in it.
  return (data ?? null) as NonNullable<T>;
}
