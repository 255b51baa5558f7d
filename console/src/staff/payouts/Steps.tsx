import { Time } from "../../ui/figures";
import type { PayoutRow } from "./columns";

/// What has happened to a payout, in its order.
export function Steps({ payout: it }: { payout: PayoutRow }) {
  const steps: [string, string | null | undefined, string | null | undefined][] = [
    [it.trigger === "on_demand" ? "Asked for by the trader" : "Made at the end of a cycle", it.requested_at, null],
    ["Approved by a first person", it.first_approved_by && !it.approved_at ? it.requested_at : null, "A second one is wanted"],
    ["Approved", it.approved_at, it.status === "rejected" ? null : it.reason],
    ["On its way", it.disbursing_at, null],
    ["Paid", it.paid_at, it.reference && `Reference ${it.reference}`],
    ["Rejected", it.rejected_at, it.reason],
  ];
  return (
    <ol className="timeline">
      {steps
        .filter(([, at]) => at)
        .map(([name, at, note]) => (
          <li key={name} data-tone={name === "Rejected" ? "bad" : name === "Paid" ? "good" : undefined}>
            <span className="timeline-what">
              <b>{name}</b>
              <span className="small soft">
                <Time at={at} />
              </span>
            </span>
            {note && <span className="small soft">{note}</span>}
          </li>
        ))}
    </ol>
  );
}
