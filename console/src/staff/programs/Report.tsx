import { Money } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";
import { TwoLines } from "../kit/parts";
import { ruleName } from "../kit/words";
import "./programs.css";

interface Share {
  count: number;
  of: number;
  pct: string;
  low_pct: string;
  high_pct: string;
}

interface Spread {
  median: number;
  p10: number;
  p90: number;
}

interface PhaseReport {
  name: string;
  entered: Share;
  passed: Share;
  failed: Share;
  open: Share;
  days: Spread | null;
  causes: (Share & { rule: string })[];
  is_funded: boolean;
}

/// What of the report is shown; its document leaves it open.
interface Told {
  sales: number;
  money: {
    currency: string;
    fee: string;
    fee_currency: string;
    kept_per_sale: { mean: string; low: string; high: string };
    paid_per_sale: { mean: string };
    paid: Share;
    paid_each: { median: string } | null;
    payouts: number;
    paid_out: string;
  };
  phases: PhaseReport[];
}

/// The figures of a simulation, each with how sure it is.
export function Report({ report }: { report: unknown }) {
  const { money, phases } = report as Told;
  return (
    <>
      <Panel title="What a sale brings">
        <Facts>
          <Fact
            label="The firm keeps of a sale"
            note={
              <>
                19 times of 20 between <Money amount={money.kept_per_sale.low} currency={money.currency} /> and{" "}
                <Money amount={money.kept_per_sale.high} currency={money.currency} />
              </>
            }
          >
            <Money amount={money.kept_per_sale.mean} currency={money.currency} signed />
          </Fact>
          <Fact label="The price">
            <Money amount={money.fee} currency={money.fee_currency} />
          </Fact>
          <Fact label="Paid out of a sale">
            <Money amount={money.paid_per_sale.mean} currency={money.currency} />
          </Fact>
          <Fact label="Traders who are paid" note={shareText(money.paid)}>
            {money.paid.pct} %
          </Fact>
          {money.paid_each && (
            <Fact label="Each of them gets (median)">
              <Money amount={money.paid_each.median} currency={money.currency} />
            </Fact>
          )}
        </Facts>
      </Panel>
      <Panel title="How far they come" flush>
        <Table label="Phases of the simulation" columns={PHASES} rows={phases} rowKey={(row) => row.name} dense />
      </Panel>
    </>
  );
}

const shareText = (it: Share) => `${it.count} of ${it.of}, ${it.low_pct} to ${it.high_pct} %`;
const share = (it: Share) => <TwoLines first={`${it.pct} %`} second={shareText(it)} />;

const PHASES: Column<PhaseReport>[] = [
  { name: "Phase", lead: true, cell: (row) => row.name },
  { name: "Entered", number: true, cell: (row) => share(row.entered) },
  { name: "Passed", number: true, cell: (row) => (row.is_funded ? "" : share(row.passed)) },
  { name: "Failed", number: true, cell: (row) => share(row.failed) },
  { name: "Days (median)", number: true, cell: (row) => row.days?.median },
  {
    name: "Failed by",
    cell: (row) => row.causes.map((cause) => `${ruleName(cause.rule)} ${cause.pct} %`).join(", "),
  },
];
