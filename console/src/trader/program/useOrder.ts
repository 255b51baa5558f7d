import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Schemas } from "../../api/client";
import { useOnce } from "../../api/useOnce";
import { freshKey } from "../data/keys";

export interface Order {
  program: number;
  payer: number | null;
  addons: string[];
  promo: string;
  /// One for each order that differs, so that a repeated click is one purchase.
  key: string;
}

/// What is about to be bought.
export function useOrder(program: number) {
  const [order, setOrder] = useState<Order>(() => ({ program, payer: null, addons: [], promo: "", key: freshKey() }));
  const change = (part: Partial<Order>) => setOrder((was) => ({ ...was, ...part, key: freshKey() }));
  return {
    ...order,
    /// The next one is another purchase.
    renew: () => change({}),
    choosePayer: (payer: number) => change({ payer }),
    choosePromo: (promo: string) => promo !== order.promo && change({ promo }),
    chooseAddon: (code: string, chosen: boolean) =>
      change({ addons: chosen ? [...order.addons, code] : order.addons.filter((it) => it !== code) }),
  };
}

const body = (order: Order, payer: number) => ({
  program_id: order.program,
  payer_login: payer,
  promo_code: order.promo || null,
  selected_addon_codes: order.addons,
});

/// What it would cost just now, or why it cannot be bought.
export function usePreview(order: Order, payer: number | undefined) {
  const { program, addons, promo } = order;
  return useQuery({
    queryKey: ["preview", program, payer, addons, promo],
    queryFn: ({ signal }) => ask(api.POST("/prop/challenge/preview", { body: body(order, payer ?? 0), signal })),
    enabled: payer !== undefined,
    placeholderData: (before) => before,
    staleTime: 0,
  });
}

export type Preview = ReturnType<typeof usePreview>;

type Bought = Schemas["BuyAnswer"];

/// What is told about a purchase: the password stands in its first answer alone, so that a repeat does not take its place.
export const keptOf = (was: Bought | null, now: Bought) => (was && now.idempotent && was.purchase.id === now.purchase.id ? was : now);

/// Buys what it is told to, which is what the price on the page was told for.
export function usePurchase(done: () => void) {
  const queries = useQueryClient();
  const [bought, setBought] = useState<Bought | null>(null);
  const run = useOnce({
    mutationFn: ({ order, payer }: { order: Order; payer: number }) =>
      ask(api.POST("/prop/challenge/buy", { body: { ...body(order, payer), idempotency_key: order.key } })),
    onSuccess: (now) => {
      setBought((was) => keptOf(was, now));
      done();
    },
    // Whatever the answer, balances and challenges may be others now.
    onSettled: () => queries.invalidateQueries({ predicate: (it) => ["payers", "journeys", "preview"].includes(String(it.queryKey[0])) }),
  });
  return { ...run, bought };
}

/// What became of a code that was given with an enrolment.
export interface Promoted {
  fee?: Schemas["PromotedFee"];
  refusal?: unknown;
}

async function promoted(transaction: string, code: string): Promise<Promoted> {
  if (!code) return {};
  try {
    const path = { tx_id: transaction };
    return { fee: await ask(api.POST("/customers/me/transactions/{tx_id}/promo", { params: { path }, body: { code } })) };
  } catch (refusal) {
    // He is enrolled all the same: the dialog says that the code was not taken, before anything is paid.
    return { refusal };
  }
}

export function useEnrol() {
  const queries = useQueryClient();
  const [key, setKey] = useState(freshKey);
  return useOnce({
    mutationFn: async ({ template, addons, promo }: { template: string; addons: string[]; promo: string }) => {
      const enrolled = await ask(
        api.POST("/challenges/{template_id}/enroll", {
          params: { path: { template_id: template }, header: { "Idempotency-Key": key } },
          body: { selected_addon_codes: addons },
        }),
      );
      return { ...enrolled, promoted: await promoted(enrolled.pending_tx_id, promo) };
    },
    onSuccess: () => setKey(freshKey()),
    onSettled: () => queries.invalidateQueries({ queryKey: ["journeys"] }),
  });
}
