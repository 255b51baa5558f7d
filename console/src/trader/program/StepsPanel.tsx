import type { Schemas } from "../../api/client";
import { Absent, Figure, Percent } from "../../ui/figures";
import { Panel } from "../../ui/Panel";
import { type Column, Table } from "../../ui/Table";

export type Step = Schemas["ProgramObject"]["steps"][number];

const orNone = (value: number) => (value > 0 ? <Percent value={value} /> : <Absent />);
const days = (value: number) => (value > 0 ? <Figure value={value} /> : <Absent />);

const COLUMNS: Column<Step>[] = [
  { name: "Step", lead: true, cell: (step) => `${step.phase_index}. ${step.name}` },
  { name: "Account", number: true, cell: (step) => <Figure value={step.initial_balance} /> },
  { name: "Target", number: true, cell: (step) => orNone(step.profit_target_pct) },
  { name: "Daily loss", number: true, cell: (step) => orNone(step.max_daily_loss_pct) },
  { name: "Max. loss", number: true, cell: (step) => orNone(step.max_total_loss_pct) },
  { name: "Min. days", number: true, cell: (step) => days(step.min_trading_days) },
  { name: "Time", number: true, cell: (step) => (step.duration_days > 0 ? `${step.duration_days} days` : "no limit") },
];

/// The steps beside each other.
export function StepsPanel({ steps }: { steps: Step[] }) {
  const last = steps.at(-1);
  // A share of the profit is a fraction here, and people say percent: moved by two digits, not multiplied.
  const split = last && last.profit_split > 0 ? Math.round(last.profit_split * 10_000) / 100 : 0;
  return (
    <Panel title="What is asked" flush aside={split > 0 && <span className="soft small">You keep {split} % of the profit</span>}>
      <Table label="Steps of the program" columns={COLUMNS} rows={steps} rowKey={(step) => step.phase_index} />
    </Panel>
  );
}
