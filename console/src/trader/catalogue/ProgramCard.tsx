import type { Schemas } from "../../api/client";
import { shortSize } from "../../format/money";
import { Money, Percent } from "../../ui/figures";
import { Fact, Facts, Panel } from "../../ui/Panel";

type Program = Schemas["ProgramObject"];

/// A program at a glance: what it costs, and what is asked.
export function ProgramCard({ program }: { program: Program }) {
  const first = program.steps[0];
  return (
    <Panel title={program.display_name} aside={first && <span className="soft">{shortSize(first.initial_balance)}</span>}>
      <div className="stack">
        <p className="soft">{program.short_description}</p>
        <Facts>
          <Fact label="Price">
            <Money amount={program.price} currency={program.price_currency} />
          </Fact>
          {first && first.profit_target_pct > 0 && (
            <Fact label="Target">
              <Percent value={first.profit_target_pct} />
            </Fact>
          )}
        </Facts>
      </div>
    </Panel>
  );
}
