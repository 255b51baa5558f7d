//! One phase of one account: what the rules remember of it.

use crate::payout::Paid;
use crate::tally::Tally;
use crate::{RulesError, add, fits, sub, usable};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchstone_domain::rule_set::{DailyAmount, DailyAnchor, Measure, RuleSet};
use touchstone_domain::{DayNumber, UnixMicros};

/// How a phase begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The balance that the account is opened with; above 0.
    pub initial_minor: i64,
    pub purchased_at: UnixMicros,
    pub activated_at: UnixMicros,
}

/// A phase with its pinned rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) opening: Opening,
    pub(crate) state: PhaseState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Live,
    /// No order is taken until then; the limits still hold.
    Paused {
        until: UnixMicros,
    },
    Passed {
        at: UnixMicros,
    },
    Failed {
        at: UnixMicros,
    },
}

impl Status {
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Passed { .. } | Self::Failed { .. })
    }
}

/// What an account holds, as far as the rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub balance_minor: i64,
    pub floating_minor: i64,
    pub open_positions: u32,
    /// Every price that it depends on can be trusted.
    pub is_firm: bool,
}

/// Everything that changes; a checkpoint of it and the inputs since then give the same verdicts again. What is as it was
/// in the beginning is not written: a firm has a million of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseState {
    pub status: Status,
    /// The last instant that was judged.
    pub now: UnixMicros,
    pub reading: Reading,
    pub(crate) day: Day,
    pub(crate) max: Peak,
    /// Deposits, withdrawals, corrections and payouts so far.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub flows_minor: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub(crate) marks: Marks,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub(crate) all: Tally,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub(crate) window: Tally,
    /// Of a funded account: what has been done since the payout before.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub(crate) paid: Paid,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub trading_days: u32,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub profitable_days: u32,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub first_trade_at: Option<UnixMicros>,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub last_deal_at: Option<UnixMicros>,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub conduct_strikes: u32,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub(crate) told_consistency: bool,
    /// How often its rules have changed.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub rules_no: u32,
    /// What the account has grown by since it was opened.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub grown_minor: i64,
    /// Limits of time that had ended by then do not fail the phase any more.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub(crate) forgiven_until: Option<UnixMicros>,
}

/// The trading day that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Day {
    pub number: DayNumber,
    pub began_at: UnixMicros,
    pub ends_at: UnixMicros,
    pub balance_minor: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub flows_minor: i64,
    /// Profit of what was closed, without swap and commission.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub realised_minor: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub opened: bool,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub closed: bool,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub loss: Option<Anchor>,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub cap: Option<Anchor>,
    /// Highest measure of the daily loss; no lower than its anchor.
    pub peak_minor: i64,
    /// Staff have set the anchors.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub replaced: Option<Replaced>,
}

/// When staff have set the day's anchors, and what stood before they did for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replaced {
    pub at: UnixMicros,
    pub loss: Option<Anchor>,
    pub cap: Option<Anchor>,
    pub peak_minor: i64,
}

/// What a daily limit is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Anchor {
    pub minor: i64,
    /// 0 for an amount of the intraday peak, which is no constant of the day.
    pub amount_minor: i64,
    pub source: crate::AnchorSource,
    pub is_provisional: bool,
}

/// What the maximum loss is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Peak {
    /// Highest value so far, less `moved_minor`; the initial balance where nothing trails.
    pub minor: i64,
    pub taken_at: UnixMicros,
    /// How far money that came in or went out has moved peak and floor.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub moved_minor: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub locked_floor_minor: Option<i64>,
}

/// What each rule has done already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marks {
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub loss: Mark,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub cap: Mark,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub max: Mark,
    /// Rules of conduct that have struck today, a bit for each.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub struck: u16,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Has had its effect today.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub tripped: bool,
    /// After a reverted breach, until the measure is above the floor again.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub suspended: bool,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub strikes: u32,
}

impl Phase {
    /// # Errors
    /// A rule set that cannot be used, an initial balance of 0 or less, an instant outside of the calendar.
    pub fn open(rules: Arc<RuleSet>, opening: Opening) -> Result<Self, RulesError> {
        usable(&rules, opening.initial_minor)?;
        let initial = opening.initial_minor;
        let at = opening.activated_at;
        let number = rules.trading_day.day_of(at)?;
        let mut phase = Self {
            state: PhaseState {
                status: Status::Live,
                now: at,
                reading: Reading {
                    balance_minor: initial,
                    floating_minor: 0,
                    open_positions: 0,
                    is_firm: true,
                },
                day: Day {
                    number,
                    began_at: rules.trading_day.begin_of(number)?,
                    ends_at: rules.trading_day.next_boundary(at)?,
                    balance_minor: initial,
                    flows_minor: 0,
                    realised_minor: 0,
                    opened: false,
                    closed: false,
                    loss: None,
                    cap: None,
                    peak_minor: initial,
                    replaced: None,
                },
                max: Peak {
                    minor: initial,
                    taken_at: at,
                    moved_minor: 0,
                    locked_floor_minor: None,
                },
                flows_minor: 0,
                marks: Marks::default(),
                all: Tally::default(),
                window: Tally::default(),
                paid: Paid::default(),
                trading_days: 0,
                profitable_days: 0,
                first_trade_at: None,
                last_deal_at: None,
                conduct_strikes: 0,
                told_consistency: false,
                rules_no: 0,
                grown_minor: 0,
                forgiven_until: None,
            },
            rules,
            opening,
        };
        phase.take_anchors(crate::AnchorSource::Opening)?;
        Ok(phase)
    }

    /// Goes on from a checkpoint.
    pub const fn restore(rules: Arc<RuleSet>, opening: Opening, state: PhaseState) -> Self {
        Self {
            rules,
            opening,
            state,
        }
    }

    pub const fn state(&self) -> &PhaseState {
        &self.state
    }

    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    pub const fn opening(&self) -> &Opening {
        &self.opening
    }

    pub const fn day(&self) -> DayNumber {
        self.state.day.number
    }

    /// The next reset.
    pub const fn day_ends_at(&self) -> UnixMicros {
        self.state.day.ends_at
    }

    pub fn equity_minor(&self) -> Result<i64, RulesError> {
        let reading = &self.state.reading;
        add(reading.balance_minor, reading.floating_minor)
    }

    /// What the day's loss is counted from; without such a rule, the balance that the day began with.
    pub fn day_start_minor(&self) -> i64 {
        let day = &self.state.day;
        day.loss.map_or(day.balance_minor, |anchor| anchor.minor)
    }

    /// Change of the balance since the phase began, without money that came in or went out.
    pub fn closed_profit_minor(&self) -> Result<i64, RulesError> {
        let own = sub(self.state.reading.balance_minor, self.initial_minor()?)?;
        sub(own, self.state.flows_minor)
    }

    /// What was closed on the day that runs, with its costs and without money that came in or went out.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn today_minor(&self) -> Result<i64, RulesError> {
        let day = &self.state.day;
        let change = sub(self.state.reading.balance_minor, day.balance_minor)?;
        sub(change, day.flows_minor)
    }

    pub(crate) fn measured_minor(&self, measure: Measure) -> Result<i64, RulesError> {
        match measure {
            Measure::Equity => self.equity_minor(),
            Measure::Balance => Ok(self.state.reading.balance_minor),
            Measure::RealisedOnly => {
                let day = &self.state.day;
                add(add(day.balance_minor, day.flows_minor)?, day.realised_minor)
            }
        }
    }

    /// Anchors and amounts of a day that begins now.
    pub(crate) fn take_anchors(&mut self, source: crate::AnchorSource) -> Result<(), RulesError> {
        let loss = self.rules.daily_loss;
        let cap = self.rules.daily_profit_cap;
        let loss = loss.map(|rule| self.anchor(rule.anchor, rule.amount, source));
        let cap = cap.map(|rule| self.anchor(rule.anchor, rule.amount, source));
        self.state.day.loss = loss.transpose()?;
        self.state.day.cap = cap.transpose()?;
        if let Some(anchor) = self.state.day.loss {
            self.state.day.peak_minor = anchor.minor;
        }
        Ok(())
    }

    fn anchor(
        &self,
        kind: DailyAnchor,
        amount: DailyAmount,
        source: crate::AnchorSource,
    ) -> Result<Anchor, RulesError> {
        let initial = self.initial_minor()?;
        let reading = &self.state.reading;
        let minor = match (source, kind) {
            (crate::AnchorSource::Opening, _) => initial,
            // Money that came in or went out moves this anchor too, on the day and after it.
            (_, DailyAnchor::Initial) => add(initial, self.state.flows_minor)?,
            (_, DailyAnchor::Balance) => reading.balance_minor,
            (_, DailyAnchor::Equity) => self.equity_minor()?,
            (_, DailyAnchor::HigherOfBalanceAndEquity) => {
                self.equity_minor()?.max(reading.balance_minor)
            }
        };
        Ok(Anchor {
            minor,
            amount_minor: self.day_amount(amount, minor)?,
            source,
            is_provisional: kind.needs_prices()
                && !reading.is_firm
                && source != crate::AnchorSource::Opening,
        })
    }

    pub(crate) fn day_amount(
        &self,
        amount: DailyAmount,
        anchor_minor: i64,
    ) -> Result<i64, RulesError> {
        day_amount(amount, anchor_minor, self.initial_minor()?)
    }
}

pub(crate) fn day_amount(
    amount: DailyAmount,
    anchor_minor: i64,
    initial_minor: i64,
) -> Result<i64, RulesError> {
    match amount {
        DailyAmount::FixedMinor(minor) => Ok(minor),
        DailyAmount::PercentOfInitial(share) => fits(share.of(initial_minor)),
        DailyAmount::PercentOfAnchor(share) => fits(share.of(anchor_minor)),
        DailyAmount::PercentOfIntradayPeak(_) => Ok(0),
    }
}
