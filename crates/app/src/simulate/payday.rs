//! When a funded trader is paid: by the program's own conditions, as on a server.

use super::SimulateError;
use super::market::SECONDS_PER_DAY;
use super::sale::Sale;
use super::seat::Seat;
use crate::desk::shard_parts::AskedPayout;
use crate::payouts::cycle_after;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::payout::{ConditionName, GrowthPast, Past, Trigger, growth};
use touchstone_domain::rule_set::Growth;
use touchstone_domain::{TradingDayError, UnixMicros};
use touchstone_rules::{Phase, RulesError};

/// What a funded account remembers of its payouts.
#[derive(Clone, Debug, Default)]
pub(super) struct Payday {
    last_at: Option<UnixMicros>,
    /// When the cycle ends, where payouts are made by themselves.
    cycle_ends_at: Option<UnixMicros>,
    /// Growths so far, the last of them, and what was paid out since.
    growths: u32,
    grown_at: Option<UnixMicros>,
    taken_since: Vec<i64>,
}

impl Payday {
    /// Asks where it is time; at the end of the simulation for what has been earned by then, however long that took.
    pub fn ask(
        &mut self,
        seat: &mut Seat<'_>,
        sale: &mut Sale,
        every_days: u32,
        at_the_end: bool,
    ) -> Result<(), SimulateError> {
        let Some(judged) = seat.judged()? else {
            return Ok(());
        };
        let phase = judged.phase();
        let Some(rules) = &phase.rules().payout else {
            return Ok(());
        };
        self.grow(seat, phase, &rules.scaling)?;
        let (now, activated_at) = (seat.at(), phase.opening().activated_at);
        let day = &phase.rules().trading_day;
        let since = self.last_at.unwrap_or(activated_at);
        let (trigger, next_cycle) = match rules.cadence.days() {
            Some(days) => {
                let after = |at| cycle_after(day, activated_at, days, at).map_err(outside);
                let ends_at = match self.cycle_ends_at {
                    Some(at) => at,
                    None => after(activated_at)?,
                };
                self.cycle_ends_at = Some(ends_at);
                if now < ends_at && !at_the_end {
                    return Ok(());
                }
                let next = after(now)?;
                self.cycle_ends_at = Some(next);
                (Trigger::Scheduled, Some(next))
            }
            None => {
                let wait = i64::from(every_days) * SECONDS_PER_DAY;
                // He asks when he is flat.
                let is_due = now >= since.plus_seconds(wait) && seat.positions().is_empty();
                if !is_due && !at_the_end {
                    return Ok(());
                }
                (Trigger::OnDemand, None)
            }
        };
        let number = sale.payouts + 1;
        let past = Past {
            number,
            last_at: self.last_at,
            in_flight: None,
            kyc: Kyc::Approved,
            is_disputed: false,
        };
        let Some(decided) = seat.eligibility(&past)? else {
            return Ok(());
        };
        let unmet = decided.unmet().map(|condition| condition.name);
        let unmet: Vec<_> = unmet.filter(|name| !(at_the_end && waits(*name))).collect();
        if !unmet.is_empty() {
            let told = unmet
                .into_iter()
                .filter(|name| *name != ConditionName::Profit);
            sale.blocked.extend(told.map(ConditionName::name));
            return Ok(());
        }
        sale.paid_minor = sale.paid_minor.saturating_add(decided.amounts.trader_minor);
        sale.payouts += 1;
        sale.fee_is_refunded |= rules.fee_refund_with == Some(number);
        self.last_at = Some(now);
        self.taken_since.push(decided.amounts.taken_minor);
        if at_the_end {
            return Ok(());
        }
        seat.pay_out(AskedPayout {
            trigger,
            number: i64::from(number),
            cycle_from: since,
            decided,
            next_cycle,
        })
    }
}

impl Payday {
    /// What was asked for counts as paid at once.
    fn grow(
        &mut self,
        seat: &mut Seat<'_>,
        phase: &Phase,
        plan: &[Growth],
    ) -> Result<(), SimulateError> {
        let (now, opening) = (seat.at(), phase.opening());
        let past = GrowthPast {
            taken: self.growths,
            since: self.grown_at.unwrap_or(opening.activated_at),
            payouts: self.taken_since.clone(),
            in_flight: None,
            is_disputed: false,
        };
        let day = &phase.rules().trading_day;
        let look = growth(plan, day, opening.initial_minor, &past, true, now).map_err(outside)?;
        let next = look.and_then(|look| look.next);
        if let Some(next) = next.filter(|next| next.is_met()) {
            self.growths += 1;
            self.grown_at = Some(now);
            self.taken_since.drain(..next.takes);
            seat.grow(self.growths, next.by_minor)?;
        }
        Ok(())
    }
}

/// Time alone meets it.
const fn waits(name: ConditionName) -> bool {
    matches!(
        name,
        ConditionName::FirstPayoutDelay
            | ConditionName::DaysBetween
            | ConditionName::TradingDays
            | ConditionName::WinningDays
    )
}

fn outside(error: TradingDayError) -> SimulateError {
    RulesError::from(error).into()
}
