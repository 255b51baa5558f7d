import type { Schemas } from "../../api/client";

type Purchase = Schemas["PurchaseObject"];

/// What is wrong with a purchase: it goes on by another try, staff look after it, or a bank has taken its fee back.
export type Trouble = "retry" | "stuck" | "charged_back";

export function troubleOf({ next_action, payment_status }: Pick<Purchase, "next_action" | "payment_status">): Trouble | null {
  if (payment_status === "charged_back") return "charged_back";
  if (next_action === "RETRY") return "retry";
  return next_action === "CONTACT_SUPPORT" ? "stuck" : null;
}
