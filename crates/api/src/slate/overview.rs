//! `GET /challenges/me/{journey_id}/overview`.

use super::error::ApiError;
use super::extract::{SlatePath, SlateQuery};
use super::ids::key;
use super::journey_detail::{phase_status, phase_type};
use super::running::RunningObject;
use super::template::{RuleLine, told};
use crate::ApiState;
use crate::auth::Customer;
use crate::input::Within;
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::breaches::BreachView;
use touchstone_app::purchase::{Counted, Day, Objective, Overview, objectives};
use touchstone_app::standing::PhaseStanding;
use touchstone_domain::{ChallengeId, Currency, DayNumber, EntityKind, Money, UnixMicros};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    /// Days to answer with; 100 when it is not given.
    #[param(inline)]
    days: Option<Within<0, { limits::METRICS_PAGE_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyOverview {
    journey_id: Uuid,
    /// As it was when the journey began.
    template_name: String,
    /// `pending_payment`, `active`, `completed` or `abandoned`.
    status: &'static str,
    /// A bank has taken the fee back: nothing can be done until that is settled.
    is_suspended: bool,
    /// How many phases the journey has.
    phases: usize,
    /// The present one, or the last; null before the journey is paid.
    phase: Option<PhaseOverview>,
    /// How each trading day closed, newest first, of all phases.
    days: Vec<OverviewDay>,
    /// How many there are.
    days_total: i64,
}

/// Amounts are in the account's currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhaseOverview {
    /// Counted from 1.
    phase_index: i64,
    name: String,
    /// `evaluation` or `funded`.
    phase_type: Option<&'static str>,
    /// `active`, `passed`, `breached` or `closed`.
    status: &'static str,
    account_id: Uuid,
    login: String,
    currency: String,
    account_size: Number,
    balance: Number,
    equity: Number,
    #[serde(flatten)]
    running: RunningObject,
    /// What is asked for; of a funded phase see the payouts.
    objectives: Vec<OverviewObjective>,
    /// The rules in words, bought add-ons counted in.
    rule_text: Vec<RuleLine>,
    /// Null where the rules cannot be told.
    trading_day: Option<OverviewTradingDay>,
    /// What ended it; null otherwise.
    breach: Option<OverviewBreach>,
    started_at: String,
    ended_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewObjective {
    /// `profit_target`, `min_trading_days`, `min_profitable_days`, `consistency` (`reached` is the profit that the best
    /// day or trade is compared with) or `no_open_positions`.
    objective: &'static str,
    /// `money`, `days` or `positions`.
    counted_in: &'static str,
    wanted: Number,
    reached: Number,
    /// What is still to be done; 0 where it is met.
    missing: Number,
    is_met: bool,
}

/// When the trading day begins.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewTradingDay {
    /// A name of the IANA time zone database: `America/New_York`.
    zone: String,
    /// Of the zone's clock: `17:00`.
    reset: String,
    /// In UTC; null when the phase is over.
    next_reset_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewBreach {
    /// Names its evidence: `GET /prop/breach-events/{breach_id}`.
    id: Uuid,
    rule_type: String,
    at: String,
    /// `pending` or `confirmed` by staff.
    review_status: &'static str,
    /// Why, in words.
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewDay {
    /// The program's own trading day, `2026-11-21`.
    day: String,
    login: String,
    ended_at: String,
    balance: Number,
    /// With floating profit.
    equity: Number,
    /// Change of the balance without money that came in or went out.
    profit: Number,
    is_trading_day: bool,
    is_profitable_day: bool,
}

/// My Journey Overview
///
/// How a journey of yours stands: the rules of its present phase in words, what is asked for and what is still missing,
/// floors, the next reset, and the days so far.
#[utoipa::path(
    get,
    path = "/challenges/me/{journey_id}/overview",
    operation_id = "my_journey_overview",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path), OverviewQuery),
    responses((status = 200, description = "Successful Response", body = JourneyOverview)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(journey_id): SlatePath<Uuid>,
    SlateQuery(query): SlateQuery<OverviewQuery>,
) -> Result<Json<JourneyOverview>, ApiError> {
    let app = &state.app;
    let id = ChallengeId(key(app, EntityKind::Challenge, journey_id)?);
    let days = query.days.map_or(100, Within::get);
    let overview = app.own_overview(caller, id, days).await?;
    Ok(Json(JourneyOverview::new(app, journey_id, &overview)))
}

impl JourneyOverview {
    fn new(app: &App, journey_id: Uuid, overview: &Overview) -> Self {
        let detail = &overview.detail;
        let currency = overview.days.currency;
        let days = overview.days.items.iter();
        Self {
            journey_id,
            template_name: detail.version.terms.name.clone(),
            status: detail.challenge.state.journey_status(),
            is_suspended: overview.is_suspended,
            phases: detail.version.terms.steps.len(),
            phase: detail
                .phases
                .last()
                .map(|one| PhaseOverview::new(app, overview, one, currency)),
            days: days.map(|day| OverviewDay::new(day, currency)).collect(),
            days_total: overview.days.total,
        }
    }
}

impl PhaseOverview {
    fn new(app: &App, overview: &Overview, one: &PhaseStanding, currency: Currency) -> Self {
        let (phase, standing) = (&one.phase, &one.standing);
        let money = |minor| Number::money(Money::new(minor, currency));
        let steps = &overview.detail.version.terms.steps;
        let index = usize::try_from(phase.phase_index - 1).ok();
        let step = index.and_then(|index| steps.get(index));
        let size = Money::new(phase.size_minor(), currency);
        let ended_by = overview.ended_by.as_ref();
        let breach = ended_by.map(|view| &view.breach);
        let rules = one.rules.as_ref();
        Self {
            phase_index: phase.phase_index,
            name: step.map(|step| step.name.clone()).unwrap_or_default(),
            phase_type: step.map(|step| phase_type(step.phase_type)),
            status: phase_status(phase.state),
            account_id: app
                .public_ids
                .uuid(EntityKind::Account, phase.account_login.0),
            login: phase.account_login.to_string(),
            currency: currency.to_string(),
            account_size: Number::money(size),
            balance: money(standing.balance_minor),
            equity: money(standing.equity_minor),
            running: RunningObject::new(app, one, breach, currency),
            objectives: objectives(one)
                .iter()
                .map(|objective| OverviewObjective::new(objective, currency))
                .collect(),
            rule_text: rules.map_or_else(Vec::new, |rules| told(rules, size).1),
            trading_day: rules.map(|rules| OverviewTradingDay {
                zone: rules.trading_day.zone().to_owned(),
                reset: rules.trading_day.reset().to_string(),
                next_reset_at: standing.day_ends_at.map(UnixMicros::rfc3339),
            }),
            breach: ended_by.map(|view| OverviewBreach::new(app, view)),
            started_at: phase.started_at.rfc3339(),
            ended_at: phase.ended_at.map(UnixMicros::rfc3339),
        }
    }
}

impl OverviewObjective {
    fn new(objective: &Objective, currency: Currency) -> Self {
        let number = |value| match objective.counted {
            Counted::Money => Number::money(Money::new(value, currency)),
            Counted::Days | Counted::Positions => Number::decimal(value, 0),
        };
        Self {
            objective: objective.name,
            counted_in: match objective.counted {
                Counted::Money => "money",
                Counted::Days => "days",
                Counted::Positions => "positions",
            },
            wanted: number(objective.wanted),
            reached: number(objective.reached),
            missing: number(objective.missing),
            is_met: objective.is_met,
        }
    }
}

impl OverviewBreach {
    fn new(app: &App, view: &BreachView) -> Self {
        let breach = &view.breach;
        Self {
            id: app.public_ids.uuid(EntityKind::Breach, breach.id.0),
            rule_type: breach.rule.clone(),
            at: breach.at.rfc3339(),
            review_status: breach.review.name(),
            message: view.text(),
        }
    }
}

impl OverviewDay {
    fn new(day: &Day, currency: Currency) -> Self {
        let money = |minor| Number::money(Money::new(minor, currency));
        Self {
            day: DayNumber(day.day).to_string(),
            login: day.login.to_string(),
            ended_at: day.closed_at.rfc3339(),
            balance: money(day.balance_minor),
            equity: money(day.equity_minor),
            profit: money(day.profit_minor),
            is_trading_day: day.is_trading_day,
            is_profitable_day: day.is_profitable_day,
        }
    }
}
