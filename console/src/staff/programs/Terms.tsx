import type { Schemas } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { Absent, Money, Percent } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { Json } from "../kit/parts";
import { placeName, words } from "../kit/words";

type TermsObject = Schemas["TemplateTerms"];

/// What a version of a program promises.
export function Terms({ terms: it }: { terms: TermsObject }) {
  return (
    <>
      <Panel title="Price and accounts">
        <Facts>
          <Fact label="Price">
            <Money amount={it.fee_amount} currency={it.fee_currency} />
          </Fact>
          <Fact label="Account">
            <Money amount={it.account_size} currency={it.account_currency} />
          </Fact>
          <Fact label="Reset">
            {it.reset_fee_amount === null || it.reset_fee_amount === undefined ? "Free" : <Money amount={it.reset_fee_amount} currency={it.fee_currency} />}
          </Fact>
          <Fact label="The trader’s share">
            <Percent value={it.profit_split_pct} />
          </Fact>
          <Fact label="Payouts">{it.payout_cadence ? words(it.payout_cadence) : <Absent />}</Fact>
          <Fact label="Fee back">{it.refund_policy?.text ?? (it.fee_refund_policy ? words(it.fee_refund_policy) : "No")}</Fact>
        </Facts>
      </Panel>
      {it.addons.length > 0 && (
        <Panel title="Add-ons" flush>
          <Table label="Add-ons" columns={addonColumns(it.fee_currency)} rows={it.addons} rowKey={(row) => row.code} dense />
        </Panel>
      )}
      {it.phases.map((phase, index) => {
        const rules = it.rules.find((one) => one.phase_index === index + 1);
        return (
          <Panel
            key={`${index} ${phase.name}`}
            title={
              <span className="row">
                {index + 1}. {phase.name} {phase.phase_type === "funded" && <Badge tone="good">Funded</Badge>}
              </span>
            }
          >
            <div className="stack">
              <Facts>
                <Fact label="Target">{phase.profit_target_pct > 0 ? <Percent value={phase.profit_target_pct} /> : "None"}</Fact>
                <Fact label="Daily loss">{phase.daily_dd_pct > 0 ? <Percent value={phase.daily_dd_pct} /> : "None"}</Fact>
                <Fact label="Maximum loss">{phase.max_loss_pct > 0 ? <Percent value={phase.max_loss_pct} /> : "None"}</Fact>
                <Fact label="Trading days">{phase.min_trading_days > 0 ? `at least ${phase.min_trading_days}` : "Any"}</Fact>
                <Fact label="Time">{phase.duration_days > 0 ? `${phase.duration_days} days` : "Unlimited"}</Fact>
              </Facts>
              {rules && (
                <>
                  <h3>What the trader reads</h3>
                  <dl className="rule-lines">
                    {rules.rule_text.map((line) => (
                      <div key={line.place}>
                        <dt className="small soft">{placeName(line.place)}</dt>
                        <dd>{line.text}</dd>
                      </div>
                    ))}
                  </dl>
                  <details>
                    <summary>The rule set by which it is judged</summary>
                    <Json value={rules.rules} label={`Rule set of ${phase.name}`} />
                  </details>
                </>
              )}
            </div>
          </Panel>
        );
      })}
    </>
  );
}

function addonColumns(currency: string): Column<Schemas["TemplateAddon"]>[] {
  return [
    { name: "Add-on", lead: true, cell: (row) => row.name },
    { name: "What it does", cell: (row) => words(row.effect) },
    { name: "Price", number: true, cell: (row) => <Money amount={row.fee_amount} currency={currency} /> },
    { name: "Not with", cell: (row) => row.conflicts_with.map(words).join(", ") },
  ];
}
