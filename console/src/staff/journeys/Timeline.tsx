import type { Schemas } from "../../api/client";
import { Money, Time } from "../../ui/figures";
import { words } from "../kit/words";

type Line = Schemas["StoryLine"];

/// What happened to a purchase, in its order.
export function Timeline({ lines }: { lines: Line[] }) {
  if (lines.length === 0) return <p className="soft">Nothing has happened yet.</p>;
  return (
    <ol className="timeline">
      {lines.map((line, index) => (
        <li key={`${index} ${line.at}`} data-tone={toneOf(line)}>
          <span className="timeline-what">
            <b>{words(line.event)}</b>
            {line.amount && line.currency && <Money amount={line.amount} currency={line.currency} />}
            <span className="small soft">
              <Time at={line.at} shape="second" />
            </span>
          </span>
          <span className="small soft">
            {[KINDS[line.kind], line.state && `now ${words(line.state).toLowerCase()}`, line.by && `by ${line.by}`, line.detail.replaceAll("_", " ")]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </li>
      ))}
    </ol>
  );
}

const KINDS: Record<string, string> = { state: "Saga", transaction: "Payment", entry: "Ledger", decision: "Decision" };

function toneOf(line: Line): string | undefined {
  if (/stuck|fail|declin|refus/.test(`${line.event} ${line.state ?? ""}`)) return "bad";
  if (line.kind === "decision") return "warn";
  return line.state === "active" || line.state === "completed" ? "good" : undefined;
}
