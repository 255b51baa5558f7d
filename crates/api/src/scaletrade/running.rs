//! How a challenge runs: metrics, progress and breaches. Losses are never below 0, shares are percent.

use crate::number::Number;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::breaches::{BreachView, Figure};
use touchstone_app::purchase::{Metric, MetricPage};
use touchstone_app::standing::{PhaseStanding, Standing, Wanted};
use touchstone_domain::{Currency, EntityKind, Money, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

/// How an account stood.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetricObject {
    /// Of the phase.
    pub phase_id: i64,
    pub account_login: i64,
    /// Unix seconds.
    pub time: i64,
    pub balance: Number,
    /// With floating profit.
    pub equity: Number,
    /// What was achieved, in percent of the initial balance; below 0 in a loss.
    pub profit_target: Number,
    /// Loss since the day's start, in percent of what the day began with.
    pub daily_loss: Number,
    /// Loss since the phase began, in percent of the initial balance.
    pub total_loss: Number,
    pub trading_days: i64,
    /// What the day's loss is counted from.
    pub daily_start_equity: Number,
    /// Equity above what the day began with; below 0 in a loss.
    pub daily_profit: Number,
    /// Null while there is no such floor.
    pub daily_floor: Option<Number>,
    pub total_floor: Option<Number>,
    pub positions: i64,
}

struct Measured {
    phase_id: i64,
    login: i64,
    at: UnixMicros,
    initial_minor: i64,
    balance_minor: i64,
    equity_minor: i64,
    day_start_minor: i64,
    daily_floor_minor: Option<i64>,
    total_floor_minor: Option<i64>,
    trading_days: i64,
    positions: i64,
}

impl MetricObject {
    fn new(m: &Measured, currency: Currency) -> Self {
        let money = |minor| Number::money(Money::new(minor, currency));
        let loss = |from: i64| from.saturating_sub(m.equity_minor).max(0);
        let profit = m.equity_minor.saturating_sub(m.initial_minor);
        Self {
            phase_id: m.phase_id,
            account_login: m.login,
            time: m.at.seconds(),
            balance: money(m.balance_minor),
            equity: money(m.equity_minor),
            profit_target: Number::percent_of(profit, m.initial_minor),
            daily_loss: Number::percent_of(loss(m.day_start_minor), m.day_start_minor),
            total_loss: Number::percent_of(loss(m.initial_minor), m.initial_minor),
            trading_days: m.trading_days,
            daily_start_equity: money(m.day_start_minor),
            daily_profit: money(m.equity_minor.saturating_sub(m.day_start_minor)),
            daily_floor: m.daily_floor_minor.map(money),
            total_floor: m.total_floor_minor.map(money),
            positions: m.positions,
        }
    }

    pub fn of_standing(one: &PhaseStanding, currency: Currency) -> Self {
        let (phase, standing) = (&one.phase, &one.standing);
        let floor = |name: &str| {
            let mut limits = standing.limits.iter();
            limits
                .find(|limit| limit.rule.name() == name)
                .map(|limit| limit.level_minor)
        };
        let measured = Measured {
            phase_id: phase.id.0,
            login: phase.account_login.0,
            at: standing.at,
            initial_minor: standing.initial_minor,
            balance_minor: standing.balance_minor,
            equity_minor: standing.equity_minor,
            day_start_minor: standing.day_start_minor,
            daily_floor_minor: floor("daily_loss"),
            total_floor_minor: floor("max_loss"),
            trading_days: standing.trading_days,
            positions: standing.open_positions,
        };
        Self::new(&measured, currency)
    }

    pub fn of_row(row: &Metric, page: &MetricPage) -> Self {
        let measured = Measured {
            phase_id: row.phase_id.0,
            login: row.login.0,
            at: row.at,
            initial_minor: page.size_minor(row.phase_id, row.at),
            balance_minor: row.balance_minor,
            equity_minor: row.equity_minor,
            day_start_minor: row.day_start_minor,
            daily_floor_minor: row.daily_floor_minor,
            total_floor_minor: row.max_floor_minor,
            trading_days: row.trading_days,
            positions: row.open_positions,
        };
        Self::new(&measured, page.currency)
    }
}

/// What was achieved beside what is wanted; a limit of 0 is off.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressObject {
    /// Equity above the initial balance, in percent of it.
    pub profit_pct: Number,
    pub profit_target_pct: Number,
    /// The part of the target that is reached; 0 without a target.
    pub profit_target_progress_pct: Number,
    pub daily_loss_pct: Number,
    pub daily_loss_limit_pct: Number,
    pub total_loss_pct: Number,
    pub total_loss_limit_pct: Number,
    pub trading_days: i64,
    pub min_trading_days: i64,
    pub max_trading_days: i64,
    pub max_positions: i64,
}

impl ProgressObject {
    pub fn new(standing: &Standing, wanted: &Wanted) -> Self {
        let profit = standing.profit_minor();
        // Of a target that is judged on the closed balance, what floats is no part.
        let towards = standing
            .progress
            .map_or(profit, |progress| progress.profit_minor);
        Self {
            profit_pct: Number::percent_of(profit, standing.initial_minor),
            profit_target_pct: Number::percent_parts(wanted.profit_target),
            profit_target_progress_pct: Number::percent_of(towards, wanted.target_minor),
            daily_loss_pct: Number::percent_of(
                standing.daily_loss_minor(),
                standing.day_start_minor,
            ),
            daily_loss_limit_pct: Number::percent_parts(wanted.daily_loss),
            total_loss_pct: Number::percent_of(standing.total_loss_minor(), standing.initial_minor),
            total_loss_limit_pct: Number::percent_parts(wanted.total_loss),
            trading_days: standing.trading_days,
            min_trading_days: wanted.min_trading_days,
            max_trading_days: wanted.max_trading_days,
            max_positions: wanted.max_positions,
        }
    }
}

/// A rule that was not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreachObject {
    pub id: i64,
    /// Names its evidence: `GET /prop/breach-events/{event_id}`.
    pub event_id: Uuid,
    pub challenge_id: i64,
    pub phase_id: i64,
    pub account_login: i64,
    /// `daily_loss`, `max_loss`, `time_limit` or another stable name.
    pub rule: String,
    /// `terminal` when the phase failed by it, else `warning`.
    pub severity: &'static str,
    /// `pending`, `confirmed` or `reverted` by staff.
    pub review_status: &'static str,
    /// What was measured; null where nothing was.
    pub value: Option<Number>,
    /// The floor or ceiling; null where there is none.
    pub limit: Option<Number>,
    /// What the limit was counted from.
    pub baseline: Option<Number>,
    pub equity: Option<Number>,
    pub balance: Option<Number>,
    /// Symbol and prices of the tick by which it was found; empty and null where it was none.
    pub symbol: String,
    pub bid: Option<Number>,
    pub ask: Option<Number>,
    /// Why, in words.
    pub message: String,
    /// Unix seconds of the instant that it is about.
    pub time: i64,
    /// The same in microseconds.
    pub time_us: i64,
}

/// A figure of a breach as a number.
pub(crate) fn figure(figure: Figure) -> Number {
    match figure {
        Figure::Money(money) => Number::money(money),
        Figure::Number(value, scale) => Number::decimal(value, scale),
    }
}

impl BreachObject {
    pub fn new(app: &App, view: &BreachView) -> Self {
        let breach = &view.breach;
        let money = |minor| Number::money(Money::new(minor, view.currency));
        let evidence = view.evidence.as_ref();
        let tick = evidence.and_then(|evidence| evidence.tick.as_ref());
        let price = |points: i64, symbol| Number::decimal(points, view.digits_of(symbol));
        Self {
            id: breach.id.0,
            event_id: app.public_ids.uuid(EntityKind::Breach, breach.id.0),
            challenge_id: breach.challenge_id.0,
            phase_id: breach.phase_id.0,
            account_login: breach.login.0,
            rule: breach.rule.clone(),
            severity: breach.severity.name(),
            review_status: breach.review.name(),
            value: view.triggered().map(figure),
            limit: view.threshold().map(figure),
            baseline: view.baseline().map(figure),
            equity: evidence.map(|evidence| money(evidence.equity_before_minor)),
            balance: evidence.map(|evidence| money(evidence.balance_before_minor)),
            symbol: tick.map_or_else(String::new, |tick| tick.symbol.to_string()),
            bid: tick.map(|tick| price(tick.bid.0, tick.symbol)),
            ask: tick.map(|tick| price(tick.ask.0, tick.symbol)),
            message: view.text(),
            time: breach.at.seconds(),
            time_us: breach.at.0,
        }
    }
}
