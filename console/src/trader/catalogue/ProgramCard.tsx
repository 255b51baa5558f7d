import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Schemas } from "../../api/client";
import { moneyText, percent, shortSize } from "../../format/money";
import { Money } from "../../ui/figures";
import { ArrowRight } from "../../ui/icons";

type Program = Schemas["ProgramObject"];

/// A program at a glance: what it costs, and what is asked.
export function ProgramCard({ program }: { program: Program }) {
  const first = program.steps[0];
  const days = first ? first.min_trading_days : 0;
  return (
    <Link to={`/programs/${program.id}`} className="program-card">
      <div className="row row-apart program-card-head">
        <h2>{program.display_name}</h2>
        {first && <span className="program-size">{shortSize(first.initial_balance)}</span>}
      </div>
      <p className="soft">{program.short_description}</p>
      {first && (
        <dl className="program-terms">
          <Term name="Steps">{program.steps.map((step) => step.name).join(" → ")}</Term>
          {first.profit_target_pct > 0 && <Term name="Profit target">{percent(first.profit_target_pct)}</Term>}
          {first.max_daily_loss_pct > 0 && <Term name="Daily loss">{percent(first.max_daily_loss_pct)}</Term>}
          {first.max_total_loss_pct > 0 && <Term name="Maximum loss">{percent(first.max_total_loss_pct)}</Term>}
          {days > 0 && <Term name="Trading days">at least {days}</Term>}
        </dl>
      )}
      <div className="row row-apart program-card-foot">
        <span className="program-price">
          {program.price === 0 ? "Free" : <Money amount={program.price} currency={program.price_currency} />}
        </span>
        <span className="program-more" aria-hidden="true">
          Rules and purchase <ArrowRight />
        </span>
      </div>
      <span className="unseen">
        {program.price === 0 ? "free of charge" : `for ${moneyText(program.price, program.price_currency)}`}
      </span>
    </Link>
  );
}

function Term({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
