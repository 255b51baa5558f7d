import { grouped } from "../../format/money";
import { Figure, Money, Time } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { ANCHORS, ruleName } from "../challenge/words";
import type { Breach } from "./BreachStory";
import { digitsIn, shapeFor } from "./shown";

type Limit = Breach["limits"][number];
type Price = Breach["prices"][number];

const pricesOf = (digits: (symbol: string) => number, shape: "second" | "fraction"): Column<Price>[] => [
  { name: "Symbol", lead: true, cell: (it) => it.symbol },
  { name: "Bid", number: true, cell: (it) => <Figure value={it.bid} digits={digits(it.symbol)} /> },
  { name: "Ask", number: true, cell: (it) => <Figure value={it.ask} digits={digits(it.symbol)} /> },
  { name: "Came in", cell: (it) => <Time at={it.received_at} shape={shape} /> },
  { name: "Source", cell: (it) => `${it.source}, tick ${grouped(it.sequence)}` },
];

/// What the verdict was reached from, as it is stored; anybody at the firm can reach it again.
export function Evidence({ breach, currency }: { breach: Breach; currency: string }) {
  const limits: Column<Limit>[] = [
    { name: "Limit", lead: true, cell: (it) => ruleName(it.rule_type) },
    { name: "Stood at", number: true, cell: (it) => <Money amount={it.level} currency={currency} /> },
    { name: "Allowed", number: true, cell: (it) => <Money amount={it.amount} currency={currency} /> },
    { name: "From", number: true, cell: (it) => <Money amount={it.peak ?? it.anchor} currency={currency} /> },
    { name: "Which is", cell: (it) => (it.peak ? "the highest equity" : (ANCHORS[it.anchor_source] ?? it.anchor_source)) },
    { name: "Taken", cell: (it) => <Time at={it.taken_at} shape="second" /> },
  ];
  const arrivals = breach.prices.map((it) => it.received_at);
  const prices = pricesOf(digitsIn(breach), shapeFor(...arrivals, breach.previous_tick?.received_at, breach.triggered_at));
  return (
    <Panel title="Evidence" className="evidence">
      <div className="stack">
        <Facts wide>
          <Fact label="Breach number">{breach.number}</Fact>
          <Fact label="Account">{breach.account_login}</Fact>
          <BeforeAfter name="Equity" before={breach.equity_before} after={breach.equity_after} currency={currency} />
          <BeforeAfter name="Balance" before={breach.balance_before} after={breach.balance_after} currency={currency} />
          {breach.rule_set_version && <Fact label="Version of the rules">{breach.rule_set_version}</Fact>}
        </Facts>
        <h3>Every limit at that instant</h3>
        <Table dense label="Limits at that instant" columns={limits} rows={breach.limits} rowKey={(it) => it.rule_type} />
        {breach.prices.length > 0 && (
          <>
            <h3>The prices that it depended on</h3>
            <Table dense label="Prices" columns={prices} rows={breach.prices} rowKey={(it) => it.symbol} />
          </>
        )}
        <details>
          <summary>The record as it is stored, and its seal</summary>
          <div className="stack-small record">
            <p className="small soft">
              Each record carries a hash over itself and the one before it, so that none can be changed afterwards unnoticed.
            </p>
            <p className="small">
              Hash <code>{breach.hash}</code>
            </p>
            <p className="small">
              Before it <code>{breach.previous_hash || "none: this is the first"}</code>
            </p>
            {/* It scrolls, so that the keyboard has to reach it. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre tabIndex={0} aria-label="Stored record">
              {JSON.stringify(breach.evidence, null, 2)}
            </pre>
          </div>
        </details>
      </div>
    </Panel>
  );
}

interface BeforeAfterProps {
  name: string;
  before: number | null | undefined;
  after: number | null | undefined;
  currency: string;
}

/// What closing everything has changed; where it has changed nothing, what there was.
function BeforeAfter({ name, before, after, currency }: BeforeAfterProps) {
  if (before === after || typeof after !== "number") {
    return (
      <Fact label={`${name} at that instant`}>
        <Money amount={before} currency={currency} />
      </Fact>
    );
  }
  return (
    <Fact label={`${name} before and after`}>
      <Money amount={before} currency={currency} /> → <Money amount={after} currency={currency} />
    </Fact>
  );
}
