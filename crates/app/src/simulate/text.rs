//! The report as people read it.

use super::figures::{Share, Spread, percent};
use super::report::{AmountMean, PhaseReport, Report};
use std::fmt::{self, Display, Formatter};
use touchstone_domain::basis_points::format_decimal;

/// A share with its interval.
fn told(share: Share) -> String {
    let (low, high) = share.interval_ppm();
    format!(
        "{} % ({}-{})",
        percent(share.ppm()),
        percent(low),
        percent(high)
    )
}

fn days(spread: Option<Spread>) -> String {
    spread.map_or_else(
        || "-".to_owned(),
        |days| format!("{} ({}-{})", days.median, days.p10, days.p90),
    )
}

fn amount(mean: &AmountMean) -> String {
    format!(
        "{} ({} to {})",
        mean.mean.0.fixed(),
        mean.low.0.fixed(),
        mean.high.0.fixed()
    )
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} simulated sales, seed {}",
            self.program, self.sales, self.seed
        )?;
        writeln!(f, "Prices {}", self.prices)?;
        writeln!(
            f,
            "Nobody tries longer than {} days to pass a phase; funded accounts are followed for {} days.",
            self.evaluation_days, self.funded_days
        )?;
        writeln!(
            f,
            "In brackets: 95 % intervals; of days, the range of the middle 80 %.\n"
        )?;
        for phase in &self.phases {
            self.phase(f, phase)?;
        }
        self.kinds(f)?;
        self.money(f)?;
        if !self.refused_orders.is_empty() {
            let told = self
                .refused_orders
                .iter()
                .map(|(code, count)| format!("{code} {count}"));
            writeln!(
                f,
                "\nOrders that were not taken: {}",
                told.collect::<Vec<_>>().join(", ")
            )?;
        }
        Ok(())
    }
}

impl Report {
    fn phase(&self, f: &mut Formatter<'_>, phase: &PhaseReport) -> fmt::Result {
        let kind = if phase.is_funded { ", funded" } else { "" };
        writeln!(f, "{}{kind}", phase.name)?;
        writeln!(
            f,
            "  entered      {:>7}  {} of all sales",
            phase.entered.count,
            told(phase.entered)
        )?;
        if phase.entered.count == 0 {
            return Ok(());
        }
        if !phase.is_funded {
            writeln!(
                f,
                "  passed       {:>7}  {}",
                phase.passed.count,
                told(phase.passed)
            )?;
        }
        writeln!(
            f,
            "  failed       {:>7}  {}",
            phase.failed.count,
            told(phase.failed)
        )?;
        for cause in &phase.causes {
            writeln!(
                f,
                "    {:<18}{:>5}  {}",
                cause.rule,
                cause.share.count,
                told(cause.share)
            )?;
        }
        let open = if phase.is_funded {
            "alive at the end"
        } else {
            "gave up"
        };
        writeln!(
            f,
            "  {open:<17}{:>3}  {}",
            phase.open.count,
            told(phase.open)
        )?;
        let whose = if phase.is_funded {
            "lasted"
        } else {
            "passed after"
        };
        writeln!(
            f,
            "  {whose} {} days, {} of them traded\n",
            days(phase.days),
            days(phase.trading_days)
        )
    }

    fn kinds(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "Traders")?;
        for kind in &self.traders {
            writeln!(
                f,
                "  {:<12} {:>6} sales  passed {}  paid {}\n{:>15}{} trades, {} % won, {} of its risk a trade{}",
                kind.name,
                kind.sales.count,
                told(kind.passed),
                told(kind.paid),
                "",
                kind.trades,
                percent(kind.won.ppm()),
                format_decimal(kind.mean_result_milli, 3),
                kind.result_per_sale
                    .as_ref()
                    .map_or_else(String::new, |kept| format!(
                        "; the firm keeps {} a sale",
                        amount(kept)
                    )),
            )?;
        }
        Ok(())
    }

    fn money(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let money = &self.money;
        writeln!(f, "\nMoney, in {}", money.currency)?;
        writeln!(
            f,
            "  fee                 {} {}",
            money.fee.0.fixed(),
            money.fee_currency
        )?;
        writeln!(
            f,
            "  paid out            {} in {} payouts",
            money.paid_out.0.fixed(),
            money.payouts
        )?;
        writeln!(f, "  sales with a payout {}", told(money.paid))?;
        if let Some(each) = &money.paid_each {
            writeln!(
                f,
                "  paid to each        {} ({} to {})",
                each.median.0.fixed(),
                each.p10.0.fixed(),
                each.p90.0.fixed()
            )?;
        }
        if money.refunded.count > 0 {
            writeln!(f, "  fees given back     {}", told(money.refunded))?;
        }
        for cause in &money.blocked {
            let share = told(cause.share);
            writeln!(
                f,
                "  kept from a payout  {}: {share} of funded accounts",
                cause.rule
            )?;
        }
        writeln!(f, "  paid per sale       {}", amount(&money.paid_per_sale))?;
        match &money.kept_per_sale {
            Some(kept) => writeln!(f, "  the firm keeps      {} per sale", amount(kept)),
            None => writeln!(
                f,
                "  the firm keeps      not known: the fee is in {}, the payouts are in {}; a rate would tell",
                money.fee_currency, money.currency
            ),
        }
    }
}
