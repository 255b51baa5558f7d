import type { Schemas } from "../../api/client";
import { type Amount, forDrawing } from "../../format/decimal";
import { moneyText } from "../../format/money";
import { isOfMoney } from "../../format/rules";
import "./breach.css";

interface Props {
  breach: Schemas["BreachEventDetail"];
  currency: string;
}

interface Level {
  name: string;
  value: Amount;
  kind: "floor" | "money" | "anchor";
}

/// Where equity, floor and anchor stood to each other at that moment, on one scale. The floor of the broken rule is the line
/// that was met.
export function Levels({ breach: it, currency }: Props) {
  if (!isOfMoney(it.rule_type)) return <p className="small soft">{it.message}</p>;
  const broken = it.limits.find((limit) => limit.rule_type === it.rule_type);
  const levels: Level[] = [];
  const add = (name: string, value: Amount | null | undefined, kind: Level["kind"]) => {
    if (value !== null && value !== undefined) levels.push({ name, value, kind });
  };
  add("Floor", it.threshold_value, "floor");
  add("Measured", it.triggered_value, "money");
  add("Balance before", it.balance_before, "money");
  add("After closing", it.equity_after, "money");
  add(broken?.peak ? "Peak" : "Anchor", broken?.peak ?? broken?.anchor, "anchor");
  if (levels.length < 3) return null;
  const values = levels.map((level) => forDrawing(level.value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const sorted = [...levels].sort((a, b) => forDrawing(a.value) - forDrawing(b.value));
  return (
    <figure className="levels" aria-label="Levels at the moment of the breach, from the lowest to the highest">
      <ul>
        {sorted.map((level) => (
          <li key={level.name} data-kind={level.kind}>
            <span className="levels-name">{level.name}</span>
            <span className="levels-track" aria-hidden="true">
              <span style={{ insetInlineStart: `${(((forDrawing(level.value) - low) / span) * 100).toFixed(2)}%` }} />
            </span>
            <span className="levels-value number">{moneyText(level.value, currency)}</span>
          </li>
        ))}
      </ul>
      <figcaption className="small soft">{it.message}</figcaption>
    </figure>
  );
}
