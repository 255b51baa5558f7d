//! `GET /prop/journeys/{journey_id}/curve`.

use super::error::{ApiError, Code};
use super::extract::{SlatePath, SlateQuery};
use super::ids::{key, key_or};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Within;
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::journeys::JourneyCurve;
use touchstone_domain::{ChallengeId, EntityKind, Login, Money};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CurveQuery {
    /// The account of one phase; of all phases when it is not given.
    account_id: Option<Uuid>,
    /// Points to answer with, the newest ones; 500 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::METRICS_PAGE_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyCurveResponse {
    journey_id: Uuid,
    /// Of the amounts.
    currency: String,
    /// Newest first.
    points: Vec<JourneyCurvePoint>,
}

/// How an account stood at an instant: with each change of it, and now and then.
#[derive(Debug, Serialize, ToSchema)]
pub struct JourneyCurvePoint {
    account_id: Uuid,
    account_login: String,
    at: String,
    /// With floating profit.
    equity: Number,
    balance: Number,
    /// Null while there is no such floor.
    daily_floor: Option<Number>,
    max_loss_floor: Option<Number>,
    open_positions: i64,
}

/// Journey Curve
///
/// Equity and balance of a journey's accounts against their floors, over time.
#[utoipa::path(
    get,
    path = "/prop/journeys/{journey_id}/curve",
    operation_id = "journey_curve",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path), CurveQuery),
    responses((status = 200, description = "Successful Response", body = JourneyCurveResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(journey_id): SlatePath<Uuid>,
    SlateQuery(query): SlateQuery<CurveQuery>,
) -> Result<Json<JourneyCurveResponse>, ApiError> {
    let app = &state.app;
    let id = key_or(app, EntityKind::Challenge, journey_id, Code::NotFound)?;
    let account = query.account_id;
    let account = account.map(|id| key(app, EntityKind::Account, id));
    let login = account.transpose()?.map(Login);
    let limit = query.limit.map_or(500, Within::get);
    let curve = app
        .journey_curve(caller, ChallengeId(id), login, limit)
        .await?;
    Ok(Json(JourneyCurveResponse::new(app, journey_id, &curve)))
}

impl JourneyCurveResponse {
    fn new(app: &App, journey_id: Uuid, curve: &JourneyCurve) -> Self {
        let money = |minor| Number::money(Money::new(minor, curve.currency));
        let points = curve.points.iter().map(|point| JourneyCurvePoint {
            account_id: app.public_ids.uuid(EntityKind::Account, point.login.0),
            account_login: point.login.to_string(),
            at: point.at.rfc3339(),
            equity: money(point.equity_minor),
            balance: money(point.balance_minor),
            daily_floor: point.daily_floor_minor.map(money),
            max_loss_floor: point.max_floor_minor.map(money),
            open_positions: point.open_positions,
        });
        Self {
            journey_id,
            currency: curve.currency.to_string(),
            points: points.collect(),
        }
    }
}
