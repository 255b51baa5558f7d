//! `GET /prop/challenges/{id}/days`: how each trading day closed, for a curve with its floors.

use super::error::ApiError;
use super::extract::{ScalePath, ScaleQuery};
use crate::ApiState;
use crate::auth::Customer;
use crate::input::{Id, Within};
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::purchase::Day;
use touchstone_domain::{ChallengeId, Currency, DayNumber, Money};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysQuery {
    /// Days to answer with, newest first; 500 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::METRICS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeDays {
    days: Vec<DayObject>,
    /// How many there are on all pages.
    count: i64,
}

/// A trading day that is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayObject {
    /// Of the phase.
    phase_id: i64,
    account_login: i64,
    /// The program's own trading day, `2026-11-21`.
    day: String,
    /// Unix seconds of its end.
    end_time: i64,
    balance: Number,
    /// With floating profit.
    equity: Number,
    /// Change of the balance without money that came in or went out.
    profit: Number,
    /// What the day's loss was counted from; null where it was not kept.
    daily_start_equity: Option<Number>,
    /// The floors as they stood at its end; null where there was none.
    daily_floor: Option<Number>,
    total_floor: Option<Number>,
    is_trading_day: bool,
    is_profitable_day: bool,
    /// Whether the prices at its end could be trusted.
    is_firm: bool,
}

/// Get Prop Challenge Days
///
/// How each trading day of the challenge's phases closed, newest first; also days without a trade.
#[utoipa::path(
    get,
    path = "/prop/challenges/{id}/days",
    operation_id = "GetPropChallengeDays",
    tag = "ScaleTrade prop",
    params(("id" = Id, Path, description = "Challenge id"), DaysQuery),
    responses((status = 200, description = "A page of days", body = ChallengeDays)),
    security(("bearerAuth" = []), ("rawToken" = [])),
)]
pub async fn days(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScalePath(id): ScalePath<Id>,
    ScaleQuery(query): ScaleQuery<DaysQuery>,
) -> Result<Json<ChallengeDays>, ApiError> {
    let limit = query.limit.map_or(limits::METRICS_PAGE_MAX, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let id = ChallengeId(id.get());
    let page = state.app.challenge_days(caller, id, limit, offset).await?;
    let days = page.items.iter();
    Ok(Json(ChallengeDays {
        days: days.map(|day| DayObject::new(day, page.currency)).collect(),
        count: page.total,
    }))
}

impl DayObject {
    fn new(day: &Day, currency: Currency) -> Self {
        let money = |minor| Number::money(Money::new(minor, currency));
        Self {
            phase_id: day.phase_id.0,
            account_login: day.login.0,
            day: DayNumber(day.day).to_string(),
            end_time: day.closed_at.seconds(),
            balance: money(day.balance_minor),
            equity: money(day.equity_minor),
            profit: money(day.profit_minor),
            daily_start_equity: day.day_start_minor.map(money),
            daily_floor: day.daily_floor_minor.map(money),
            total_floor: day.max_floor_minor.map(money),
            is_trading_day: day.is_trading_day,
            is_profitable_day: day.is_profitable_day,
            is_firm: day.is_firm,
        }
    }
}
