//! How the phase of an account runs: its limits, how far it has come, and by what it ended.

use crate::number::Number;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::standing::{
    AnchorSource, ConsistencyView, Deadline, Limit, PhaseStanding, Progress, Standing,
};
use touchstone_domain::breach::Breach;
use touchstone_domain::rule_set::Measure;
use touchstone_domain::{Currency, EntityKind, Money, Symbol, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

/// The only reason there is.
pub(crate) const SUSPENDED_BECAUSE: &str = "stale_price";
/// Of a challenge that rests: its fee was taken back by a bank.
pub(crate) const CHARGED_BACK: &str = "fee_charged_back";

#[derive(Debug, Serialize, ToSchema)]
pub struct RunningObject {
    /// When the figures were taken: this moment where the desk runs, else when they were last stored.
    measured_at: String,
    /// Whether they are those of this moment.
    is_live: bool,
    open_positions: i64,
    /// Nothing can be opened: the phase is over, or it rests until `paused_until`.
    close_only: bool,
    paused_until: Option<String>,
    /// A price is too old: nothing is judged until there is a newer one.
    is_judgement_suspended: bool,
    /// `stale_price`; null while the phase is judged.
    suspended_because: Option<&'static str>,
    /// The symbols whose prices it waits for; known while the desk runs.
    suspended_symbols: Vec<String>,
    /// The next reset of the trading day; null when the phase is over.
    day_ends_at: Option<String>,
    /// What the day's loss is counted from.
    day_start: Number,
    daily_loss: Number,
    total_loss: Number,
    limits: Vec<LimitObject>,
    /// When the phase fails by time; empty when it is over.
    time_limits: Vec<TimeLimitObject>,
    /// Null before anything was measured.
    progress: Option<JourneyProgress>,
    breached_at: Option<String>,
    breached_rule_type: Option<String>,
    breached_event_id: Option<Uuid>,
}

/// A floor or a ceiling, and what made it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitObject {
    /// `daily_loss`, `daily_profit_cap` or `max_loss`.
    rule_type: &'static str,
    level: Number,
    anchor: Number,
    /// `opening`, `reset` or `staff`.
    anchor_source: &'static str,
    /// When the anchor was taken, or the peak made.
    taken_at: String,
    /// Taken from prices that could not be trusted: it only warns until staff set it.
    is_provisional: bool,
    amount: Number,
    /// The high that the floor follows, if it follows one.
    peak: Option<Number>,
    is_locked: bool,
    /// A breach by it was taken back: it is left alone until the measure is on its good side again.
    is_resting: bool,
    /// `equity`, `balance` or `realised_only`.
    measure: &'static str,
}

/// A limit of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimeLimitObject {
    /// `time_limit`, `inactivity` or `lifetime`, as in breach events.
    rule_type: &'static str,
    /// Null before its clock runs, and where trading days are counted.
    ends_at: Option<String>,
    /// It had ended when a breach was taken back: it fails the phase no more. A deal starts `inactivity` anew.
    is_resting: bool,
}

/// How far a phase has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyProgress {
    profit: Number,
    profit_target: Option<Number>,
    trading_days: u32,
    min_trading_days: u32,
    profitable_days: u32,
    min_profitable_days: u32,
    consistency: Option<ConsistencyObject>,
}

/// How much of the profit came from one day or one trade.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsistencyObject {
    best: Number,
    of: Number,
    share_pct: Number,
    /// What `of` must be for this best one.
    required: Number,
    is_met: bool,
}

impl RunningObject {
    pub(super) fn new(
        app: &App,
        one: &PhaseStanding,
        breach: Option<&Breach>,
        currency: Currency,
    ) -> Self {
        let standing: &Standing = &one.standing;
        let money = |minor| Number::money(Money::new(minor, currency));
        let limits = standing.limits.iter();
        Self {
            measured_at: standing.at.rfc3339(),
            is_live: standing.is_live,
            open_positions: standing.open_positions,
            close_only: standing.is_close_only,
            paused_until: standing.paused_until.map(UnixMicros::rfc3339),
            is_judgement_suspended: standing.is_suspended,
            suspended_because: standing.is_suspended.then_some(SUSPENDED_BECAUSE),
            suspended_symbols: standing
                .suspended_by
                .iter()
                .map(Symbol::to_string)
                .collect(),
            day_ends_at: standing.day_ends_at.map(UnixMicros::rfc3339),
            day_start: money(standing.day_start_minor),
            daily_loss: money(standing.daily_loss_minor()),
            total_loss: money(standing.total_loss_minor()),
            limits: limits
                .map(|limit| {
                    LimitObject::new(limit, standing.resting.contains(&limit.rule), currency)
                })
                .collect(),
            time_limits: TimeLimitObject::all(&standing.deadlines),
            progress: standing
                .progress
                .as_ref()
                .map(|progress| JourneyProgress::new(progress, currency)),
            breached_at: breach.map(|breach| breach.at.rfc3339()),
            breached_rule_type: breach.map(|breach| breach.rule.clone()),
            breached_event_id: breach
                .map(|breach| app.public_ids.uuid(EntityKind::Breach, breach.id.0)),
        }
    }
}

impl LimitObject {
    pub(super) fn new(limit: &Limit, is_resting: bool, currency: Currency) -> Self {
        let money = |minor| Number::money(Money::new(minor, currency));
        Self {
            rule_type: limit.rule.name(),
            level: money(limit.level_minor),
            anchor: money(limit.anchor_minor),
            anchor_source: match limit.anchor {
                AnchorSource::Opening => "opening",
                AnchorSource::Reset => "reset",
                AnchorSource::Staff => "staff",
            },
            taken_at: limit.taken_at.rfc3339(),
            is_provisional: limit.is_provisional,
            amount: money(limit.amount_minor),
            peak: limit.peak_minor.map(money),
            is_locked: limit.is_locked,
            is_resting,
            measure: match limit.measure {
                Measure::Equity => "equity",
                Measure::Balance => "balance",
                Measure::RealisedOnly => "realised_only",
            },
        }
    }
}

impl TimeLimitObject {
    pub(super) fn all(limits: &[Deadline]) -> Vec<Self> {
        let one = |limit: &Deadline| Self {
            rule_type: limit.rule.name(),
            ends_at: limit.ends_at.map(UnixMicros::rfc3339),
            is_resting: limit.is_resting,
        };
        limits.iter().map(one).collect()
    }
}

impl JourneyProgress {
    fn new(progress: &Progress, currency: Currency) -> Self {
        let money = |minor| Number::money(Money::new(minor, currency));
        let consistency = |view: &ConsistencyView| ConsistencyObject {
            best: money(view.best_minor),
            of: money(view.of_minor),
            share_pct: Number::percent(view.share),
            required: money(view.required_minor),
            is_met: view.is_met,
        };
        Self {
            profit: money(progress.profit_minor),
            profit_target: progress.target_minor.map(money),
            trading_days: progress.trading_days,
            min_trading_days: progress.min_trading_days,
            profitable_days: progress.profitable_days,
            min_profitable_days: progress.min_profitable_days,
            consistency: progress.consistency.as_ref().map(consistency),
        }
    }
}
