//! What keeps a payout, as a list of named conditions: the same code tells the trader and decides.

use super::{Amounts, Basis};
use crate::kyc::Kyc;
use crate::rule_set::PayoutRules;
use crate::{PayoutId, TradingDay, TradingDayError, UnixMicros};
use serde::{Deserialize, Serialize};

/// Every condition there is. Those that the rules do not ask for are not in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionName {
    /// The funded account is live.
    AccountActive,
    /// No bank has taken the challenge's fee back. Only told while one has.
    FeeUndisputed,
    NoPayoutInFlight,
    Kyc,
    NoOpenPositions,
    /// The prices that open positions are valued by can be trusted.
    FreshPrices,
    FirstPayoutDelay,
    DaysBetween,
    TradingDays,
    WinningDays,
    Consistency,
    /// There is a profit that can be taken.
    Profit,
    MinimumAmount,
    /// No limit would be crossed by taking the profit.
    AboveFloor,
    /// What open positions need stays in the account.
    FreeMargin,
    /// Of a growth: payouts that were paid since the one before.
    PaidPayouts,
    /// Of a growth: what those payouts took.
    PaidProfit,
    /// Of a growth: when it has waited long enough.
    DaysSinceGrowth,
}

impl ConditionName {
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountActive => "account_active",
            Self::FeeUndisputed => "fee_undisputed",
            Self::NoPayoutInFlight => "no_payout_in_flight",
            Self::Kyc => "kyc",
            Self::NoOpenPositions => "no_open_positions",
            Self::FreshPrices => "fresh_prices",
            Self::FirstPayoutDelay => "first_payout_delay",
            Self::DaysBetween => "days_between",
            Self::TradingDays => "trading_days",
            Self::WinningDays => "winning_days",
            Self::Consistency => "consistency",
            Self::Profit => "profit",
            Self::MinimumAmount => "minimum_amount",
            Self::AboveFloor => "above_floor",
            Self::FreeMargin => "free_margin",
            Self::PaidPayouts => "paid_payouts",
            Self::PaidProfit => "paid_profit",
            Self::DaysSinceGrowth => "days_since_growth",
        }
    }
}

/// One side of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Of the account's currency.
    Minor(i64),
    Count(i64),
    At(UnixMicros),
    Word(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub name: ConditionName,
    pub is_met: bool,
    /// What there is.
    pub value: Figure,
    /// What is wanted.
    pub threshold: Figure,
}

/// What the payouts before and the customer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which payout of the challenge it would be, from 1.
    pub number: u32,
    /// When the last one was asked for that was not rejected.
    pub last_at: Option<UnixMicros>,
    pub in_flight: Option<PayoutId>,
    pub kyc: Kyc,
    /// A bank has taken the challenge's fee back.
    pub is_disputed: bool,
}

/// How the account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remains {
    pub now: UnixMicros,
    pub activated_at: UnixMicros,
    pub basis: Basis,
    pub is_live: bool,
    /// Every price that the equity depends on can be trusted.
    pub is_firm: bool,
    pub open_positions: u32,
    /// Since the payout before.
    pub trading_days: u32,
    /// Since the payout before.
    pub winning_days: u32,
    /// What the profit must be for the best day or trade, and what it is; `None` where no payout asks for it.
    pub consistency: Option<(i64, i64, bool)>,
    /// Of the limits that stand nearest once the profit is taken: what is measured then, where the limit stands then,
    /// and whether it is crossed.
    pub floor: Option<(i64, i64, bool)>,
    /// `None` without open positions.
    pub free_margin_minor: Option<i64>,
}

/// The conditions, what the payout comes to, and whether it can be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligibility {
    pub conditions: Vec<Condition>,
    pub amounts: Amounts,
}

impl Eligibility {
    pub fn is_met(&self) -> bool {
        self.conditions.iter().all(|condition| condition.is_met)
    }

    pub fn unmet(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(|condition| !condition.is_met)
    }
}

/// Every condition that the rules ask for, with what there is and what is wanted.
///
/// # Errors
/// An instant outside of the calendar.
pub fn eligibility(
    rules: &PayoutRules,
    day: &TradingDay,
    past: &Past,
    remains: &Remains,
    amounts: Amounts,
) -> Result<Eligibility, TradingDayError> {
    let mut list = List::default();
    list.active(remains.is_live);
    list.undisputed(past.is_disputed);
    list.not_in_flight(past.in_flight);
    if rules.needs_kyc {
        let approved = Kyc::Approved;
        let is_met = past.kyc == approved;
        list.words(ConditionName::Kyc, past.kyc.name(), approved.name(), is_met);
    }
    if rules.needs_flat {
        let open = i64::from(remains.open_positions);
        list.at_most(ConditionName::NoOpenPositions, open, 0);
    } else if remains.open_positions > 0 {
        let name = ConditionName::FreshPrices;
        let found = if remains.is_firm { "fresh" } else { "stale" };
        list.words(name, found, "fresh", remains.is_firm);
    }
    let mut not_before = |name, from: UnixMicros, days: u32| {
        let at = day.plus_calendar_days(from, i64::from(days))?;
        list.push(
            name,
            remains.now >= at,
            Figure::At(remains.now),
            Figure::At(at),
        );
        Ok::<_, TradingDayError>(())
    };
    match past.last_at {
        None if rules.first_after_days > 0 => {
            let name = ConditionName::FirstPayoutDelay;
            not_before(name, remains.activated_at, rules.first_after_days)?;
        }
        Some(last) if rules.min_days_between > 0 => {
            not_before(ConditionName::DaysBetween, last, rules.min_days_between)?;
        }
        _ => {}
    }
    if rules.min_trading_days > 0 {
        let name = ConditionName::TradingDays;
        list.at_least(name, remains.trading_days, rules.min_trading_days);
    }
    if let Some(wanted) = rules.winning_days {
        let name = ConditionName::WinningDays;
        list.at_least(name, remains.winning_days, wanted.days);
    }
    if let Some((profit, required, is_met)) = remains.consistency {
        list.minor(ConditionName::Consistency, profit, required, is_met);
    }
    let buffer = rules
        .buffer
        .map_or(Some(0), |buffer| buffer.minor(remains.basis.initial_minor));
    list.minor(
        ConditionName::Profit,
        amounts.profit_minor,
        buffer.map_or(i64::MAX, |buffer| buffer.saturating_add(1)),
        amounts.taken_minor > 0,
    );
    if rules.min_amount_minor > 0 {
        let (found, wanted) = (amounts.trader_minor, rules.min_amount_minor);
        list.minor(ConditionName::MinimumAmount, found, wanted, found >= wanted);
    }
    if let Some((after, floor, is_crossed)) = remains.floor {
        list.minor(ConditionName::AboveFloor, after, floor, !is_crossed);
    }
    if let Some(free) = remains.free_margin_minor {
        let taken = amounts.taken_minor;
        list.minor(ConditionName::FreeMargin, free, taken, free >= taken);
    }
    Ok(Eligibility {
        conditions: list.0,
        amounts,
    })
}

#[derive(Default)]
pub(super) struct List(pub Vec<Condition>);

impl List {
    pub fn active(&mut self, is_live: bool) {
        let found = if is_live { "active" } else { "closed" };
        self.words(ConditionName::AccountActive, found, "active", is_live);
    }

    /// Only told while a bank has taken the fee back.
    pub fn undisputed(&mut self, is_disputed: bool) {
        if is_disputed {
            let name = ConditionName::FeeUndisputed;
            self.words(name, "charged_back", "earned", false);
        }
    }

    pub fn not_in_flight(&mut self, payout: Option<PayoutId>) {
        let flight = payout.map_or(0, |_| 1);
        self.at_most(ConditionName::NoPayoutInFlight, flight, 0);
    }

    pub fn push(&mut self, name: ConditionName, is_met: bool, value: Figure, threshold: Figure) {
        self.0.push(Condition {
            name,
            is_met,
            value,
            threshold,
        });
    }

    fn words(&mut self, name: ConditionName, value: &str, wanted: &str, is_met: bool) {
        let word = |word: &str| Figure::Word(word.to_owned());
        self.push(name, is_met, word(value), word(wanted));
    }

    fn at_most(&mut self, name: ConditionName, value: i64, most: i64) {
        self.push(
            name,
            value <= most,
            Figure::Count(value),
            Figure::Count(most),
        );
    }

    pub fn at_least(&mut self, name: ConditionName, value: u32, least: u32) {
        let count = |count: u32| Figure::Count(i64::from(count));
        self.push(name, value >= least, count(value), count(least));
    }

    pub fn minor(&mut self, name: ConditionName, value: i64, wanted: i64, is_met: bool) {
        self.push(name, is_met, Figure::Minor(value), Figure::Minor(wanted));
    }
}
