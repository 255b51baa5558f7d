import type { Schemas } from "../../api/client";
import { words } from "../kit/words";

type Hit = Schemas["SearchHit"];

/// Where something that was found leads, and how it reads.
export interface Found {
  to: string;
  kind: string;
  title: string;
  note: string;
}

const PATHS: Record<string, string> = {
  customer: "customers",
  journey: "journeys",
  purchase: "purchases",
  payout: "payouts",
  breach: "breaches",
  template: "programs",
};

export function foundOf(hit: Hit): Found {
  const to = hit.kind === "account" ? `/staff/accounts/${hit.number ?? ""}` : `/staff/${PATHS[hit.kind] ?? hit.kind}/${hit.id}`;
  const kind = hit.kind === "template" ? "Program" : words(hit.kind);
  const title = hit.number === null || hit.number === undefined ? hit.name : `${hit.number} · ${hit.name}`;
  const note = hit.kind === "customer" || hit.kind === "account" ? hit.note : words(hit.note.replace(":", " "));
  return { to, kind, title, note };
}

/// Pages whose name has the text in it.
export function pagesOf(pages: { to: string; name: string }[], text: string): Found[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const fit = pages.filter((page) => page.name.toLowerCase().includes(wanted));
  return fit.slice(0, 5).map((page) => ({ to: page.to, kind: "Page", title: page.name, note: "" }));
}
