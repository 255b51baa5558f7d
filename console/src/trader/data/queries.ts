import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "../../api/client";
import type { paths } from "../../api/generated/schema";
import { noteServerTime } from "../../format/serverClock";

const path = <T>(params: T) => ({ params: { path: params } });

/// Every read of the trader's pages that more than one of them asks for.
export const programs = queryOptions({
  queryKey: ["programs"],
  queryFn: ({ signal }) => ask(api.GET("/prop/programs", { signal })),
  staleTime: 60_000,
});

/// The same programs in Slate's words, which tell add-ons and terms of payouts.
export const templates = queryOptions({
  queryKey: ["templates"],
  queryFn: ({ signal }) => ask(api.GET("/challenges", { signal })),
  staleTime: 60_000,
});

export const payers = (id: number) =>
  queryOptions({
    queryKey: ["payers", id],
    queryFn: ({ signal }) => ask(api.GET("/prop/programs/{id}/payer-accounts", { ...path({ id }), signal })),
  });

type JourneyQuery = NonNullable<paths["/challenges/me"]["get"]["parameters"]["query"]>;
export type JourneyStatus = JourneyQuery["status"];

export const journeys = (status: JourneyStatus, limit: number, offset: number) =>
  queryOptions({
    queryKey: ["journeys", { status, limit, offset }],
    queryFn: ({ signal }) => ask(api.GET("/challenges/me", { params: { query: { status, limit, offset } }, signal })),
  });

/// One's newest purchases, those too that have become no challenge.
export const purchases = queryOptions({
  queryKey: ["purchases"],
  queryFn: ({ signal }) => ask(api.GET("/prop/challenges", { params: { query: { limit: 50 } }, signal })),
});

export const challenge = (id: number) =>
  queryOptions({
    queryKey: ["challenge", id],
    queryFn: ({ signal }) => ask(api.GET("/prop/challenges/{id}", { ...path({ id }), signal })),
  });

/// What is asked for in the present phase, and when its trading day begins.
export const overview = (journey_id: string) =>
  queryOptions({
    queryKey: ["challenge", "overview", journey_id],
    queryFn: ({ signal }) =>
      ask(api.GET("/challenges/me/{journey_id}/overview", { params: { path: { journey_id }, query: { days: 1 } }, signal })),
  });

export const breaches = (id: number) =>
  queryOptions({
    queryKey: ["challenge", id, "breaches"],
    queryFn: ({ signal }) => ask(api.GET("/prop/challenges/{id}/breaches", { ...path({ id }), signal })),
  });

/// The newest points of a challenge's curve.
export const curve = (id: number) =>
  queryOptions({
    refetchInterval: 60_000,
    queryKey: ["challenge", id, "metrics"],
    queryFn: ({ signal }) =>
      ask(api.GET("/prop/challenges/{id}/metrics", { params: { path: { id }, query: { limit: 500 } }, signal })),
  });

export const account = (login: number) =>
  queryOptions({
    queryKey: ["account", login],
    queryFn: async ({ signal }) => {
      const state = await ask(api.GET("/accounts/{login}", { ...path({ login }), signal }));
      noteServerTime(state.as_of);
      return state;
    },
  });

export const agreements = queryOptions({
  queryKey: ["agreements"],
  queryFn: ({ signal }) => ask(api.GET("/customers/me/agreements", { signal })),
});

export const instruments = queryOptions({
  queryKey: ["instruments"],
  queryFn: ({ signal }) => ask(api.GET("/instruments", { signal })),
  staleTime: 60_000,
});
