import type { Schemas } from "../../api/client";
import { type Amount, plus } from "../../format/decimal";

type Program = Pick<Schemas["ProgramObject"], "price" | "price_currency">;
type Addon = Pick<Schemas["TemplateAddon"], "code" | "fee_amount">;
type Told = Schemas["PreviewAnswer"] | undefined;
type Payer = Schemas["PayerObject"];

/// What is asked for with the add-ons that are chosen, without a code.
export const listPrice = ({ price }: Program, addons: Addon[], chosen: string[]): Amount =>
  addons.filter((it) => chosen.includes(it.code)).reduce<Amount>((sum, it) => plus(sum, it.fee_amount), price);

/// What is paid with the code in the program's currency, where the server has told it.
export function toldPrice(told: Told, payerCurrency: string | undefined, currency: string): Amount | undefined {
  if (!told) return undefined;
  if (!("reason" in told)) return told.price;
  // Of too little money it is told in the payer's currency, which may be another.
  return told.reason === "NOT_ENOUGH_FUNDS" && payerCurrency === currency ? told.required_amount : undefined;
}

/// What keeps an account from ever paying for the program: it holds no real money, is closed, or is in a currency that the firm
/// does not convert. All accounts are told, those of challenges too.
const NEVER = new Set([
  "INVALID_PAYER_ACCOUNT",
  "PAYER_ACCOUNT_DISABLED",
  "PAYER_ACCOUNT_NOT_REAL",
  "PAYER_GROUP_NOT_FOUND",
  "CURRENCY_CONVERSION_REQUIRED",
]);

export const mayPay = ({ block_reason: reason }: Pick<Payer, "block_reason">) => !reason || !NEVER.has(reason);
